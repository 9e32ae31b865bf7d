import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../src/server/store/redis-client.ts';
import { redisTarget } from '../../../../src/server/store/redis-target.ts';
import { redis } from '../../../../src/spec/settings/redis.ts';

const addressOf = (settings: object) => redisTarget(() => redis.parse(settings))?.address;

describe('GIVEN settings of Redis', () => {
  it('WHEN they name one server THEN it is that; when they name none THEN there is no Redis', () => {
    expect(addressOf({ host: '::1', port: 6380 })).toEqual({ kind: 'single', host: '::1', port: 6_380 });
    expect(addressOf({})).toBeUndefined();
  });

  it('WHEN they name Sentinels or nodes THEN ports are the usual ones where they are left out', () => {
    expect(addressOf({ sentinels: ['a', '[::1]:5000'], sentinelName: 'main' })).toEqual({
      kind: 'sentinel',
      name: 'main',
      sentinels: [
        { host: 'a', port: 26_379 },
        { host: '::1', port: 5_000 },
      ],
    });
    expect(addressOf({ cluster: ['[::1]', 'b:7000'] })).toEqual({
      kind: 'cluster',
      nodes: [
        { host: '::1', port: 6_379 },
        { host: 'b', port: 7_000 },
      ],
    });
  });

  it('WHEN TLS is asked for THEN the authorities go with it', () => {
    const tlsCa = '-----BEGIN CERTIFICATE-----';
    const tlsOf = (settings: object) => redisTarget(() => redis.parse({ host: 'a', ...settings }))?.tls;
    expect([tlsOf({}), tlsOf({ tls: true }), tlsOf({ tls: true, tlsCa })]).toEqual([
      undefined,
      {},
      { ca: tlsCa },
    ]);
  });
});

describe('GIVEN errors of clients', () => {
  it('WHEN they only say that a connection ended THEN they tell nothing; a Cluster tells what its last node said', () => {
    const refused = new Error('connect ECONNREFUSED 127.0.0.1:6379');
    const ended = new Error('Connection is closed.');
    const again = 'All sentinels are unreachable. Retrying from scratch after 65.7ms.';
    const because = new Error(`${again} Last error: ${refused.message}`);
    expect([refused, ended, new Error(again), because].map(failureOf)).toEqual([
      refused,
      undefined,
      undefined,
      because,
    ]);
    const all = Object.assign(new Error('Failed to refresh slots cache.'), { lastNodeError: refused });
    expect(failureOf(all)).toBe(refused);
  });
});
