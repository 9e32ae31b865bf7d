import { describe, expect, it } from 'vitest';
import { explainSettings } from '../../../../src/server/settings/explain-settings.ts';
import { loadSettings, traceSettings } from '../../../../src/server/settings/load-settings.ts';

const message = (env: Readonly<Record<string, string>>, settings: object = {}) => {
  try {
    loadSettings({ env, base: { source: 'base.yaml', settings } });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('The settings were to be refused');
};

describe('GIVEN a store as a URL', () => {
  it('WHEN settings are loaded THEN its parts are the settings, and the URL is gone', () => {
    const env = {
      TIDEGATE_POSTGRES_URL: 'postgresql://ann%40acme:p%2Fw@db.example.com:6543/chat?sslmode=verify-full',
      TIDEGATE_REDIS_URL: 'rediss://:s%3Acret@[::1]:6380/0',
    };
    const { postgres, redis } = loadSettings({ env });
    expect([Object.keys(postgres), Object.keys(redis)].flat()).not.toContain('url');
    expect(postgres).toMatchObject({
      host: 'db.example.com',
      port: 6543,
      database: 'chat',
      user: 'ann@acme',
      password: 'p/w',
      tls: true,
    });
    expect(redis).toMatchObject({ host: '::1', port: 6380, password: 's:cret', tls: true });
  });

  it('WHEN it leaves parts out THEN other sources and defaults fill them', () => {
    const env = { TIDEGATE_POSTGRES_URL: 'postgres://db', TIDEGATE_POSTGRES_PASSWORD: 'apart' };
    expect(
      loadSettings({ env, base: { source: 'base', settings: { postgres: { tls: true } } } }).postgres,
    ).toMatchObject({
      host: 'db',
      port: 5432,
      database: 'tidegate',
      user: 'tidegate',
      password: 'apart',
      tls: true,
    });
  });

  it('WHEN it is explained THEN the parts name the URL as their source, and nothing shows its password', () => {
    const explained = explainSettings(
      traceSettings({ env: { TIDEGATE_REDIS_URL: 'redis://:hidden-password@cache' } }),
    );
    const redis = explained.filter(({ setting }) => setting.startsWith('redis.'));
    expect(redis.map(({ setting, value, source }) => [setting, value, source])).toEqual([
      ['redis.url', '•••', 'TIDEGATE_REDIS_URL'],
      ['redis.host', 'cache', 'TIDEGATE_REDIS_URL'],
      ['redis.port', 6379, 'default'],
      ['redis.sentinels', [], 'default'],
      ['redis.sentinelName', 'mymaster', 'default'],
      ['redis.sentinelPassword', undefined, 'default'],
      ['redis.cluster', [], 'default'],
      ['redis.tls', false, 'TIDEGATE_REDIS_URL'],
      ['redis.tlsCa', undefined, 'default'],
      ['redis.user', undefined, 'default'],
      ['redis.password', '•••', 'TIDEGATE_REDIS_URL'],
    ]);
  });

  it('WHEN a part is given otherwise as well THEN it is refused unless it is the same', () => {
    const env = { TIDEGATE_POSTGRES_URL: 'postgres://db:5432/chat' };
    const same = { postgres: { host: 'db', port: 5432 } };
    expect(loadSettings({ env, base: { source: 'base', settings: same } }).postgres.host).toBe('db');
    expect(message(env, { postgres: { host: 'other' } })).toBe(
      'TG2006 postgres.host: The URL in TIDEGATE_POSTGRES_URL says otherwise, in base.yaml. Give the URL, or its parts, and not both.',
    );
  });

  it('WHEN it is wrong THEN the reason is told and no part of it', () => {
    const cases: Readonly<Record<string, string>> = {
      'mysql://ann:hidden@db/chat':
        'Must be of the form postgres://user:password@host:port/database?sslmode=require',
      'postgres://ann:hid%ZZden@db':
        'Must be of the form postgres://user:password@host:port/database?sslmode=require',
      'postgres://ann:hidden@db?sslmode=prefer':
        'Its sslmode is none of disable, require, verify-ca, verify-full',
      'postgres://ann:hidden@db?options=x': 'It has parameters other than sslmode',
    };
    for (const [url, reason] of Object.entries(cases)) {
      expect(message({ TIDEGATE_POSTGRES_URL: url })).toBe(
        `TG2001 postgres.url: ${reason}, in TIDEGATE_POSTGRES_URL. Correct the setting at the source that is named.`,
      );
    }
    const FORM =
      'TG2001 redis.url: Must be of the form redis://user:password@host:port, redis+sentinel://user:password@host:port,host:port/name or redis+cluster://user:password@host:port,host:port, with rediss for TLS';
    const redis: Readonly<Record<string, string>> = {
      'http://cache': FORM,
      'redis+sentinel://': FORM,
      'redis+sentinel://s1,/main': FORM,
      'redis+sentinel://s1:x/main': FORM,
      'redis+sentinel://s1/%ZZ': FORM,
      'redis+other://cache': FORM,
      'redis://cache/1': 'TG2001 redis.url: It names a database, and only number 0 is used',
      'redis+sentinel://s1/main/1': 'TG2001 redis.url: It names a database, and only number 0 is used',
      'redis+cluster://n1,n2/1': 'TG2001 redis.url: It names a database, and only number 0 is used',
      'redis://cache?db=1': 'TG2001 redis.url: It has parameters, which are not known',
      'redis+sentinel://s1/main?db=1': 'TG2001 redis.url: It has parameters, which are not known',
    };
    const told = (url: string) => message({ TIDEGATE_REDIS_URL: url }).split(', in TIDEGATE')[0];
    expect(Object.keys(redis).map(told)).toEqual(Object.values(redis));
  });
});

const redisOf = (env: Readonly<Record<string, string>>) => loadSettings({ env }).redis;

describe('GIVEN a Redis with users', () => {
  it('WHEN its URL names one THEN that is the setting, whatever the kind', () => {
    const userOf = (url: string) => redisOf({ TIDEGATE_REDIS_URL: url }).user;
    expect([
      userOf('redis://a%40b:pw@cache'),
      userOf('redis+sentinel://ann:pw@s1,s2/main'),
      userOf('redis+cluster://ann:pw@n1'),
      userOf('redis://:pw@cache'),
    ]).toEqual(['a@b', 'ann', 'ann', undefined]);
  });
});

describe('GIVEN a Redis of several nodes', () => {
  it('WHEN its URL names Sentinels THEN they, the name, the password and TLS are the settings', () => {
    expect(redisOf({ TIDEGATE_REDIS_URL: 'redis+sentinel://:p%40w@s1:26379,[::1]/main/0' })).toEqual({
      port: 6379,
      sentinels: ['s1:26379', '[::1]'],
      sentinelName: 'main',
      cluster: [],
      tls: false,
      password: 'p@w',
    });
    expect(redisOf({ TIDEGATE_REDIS_URL: 'rediss+sentinel://s1' })).toMatchObject({
      sentinels: ['s1'],
      sentinelName: 'mymaster',
      tls: true,
    });
  });

  it('WHEN its URL names nodes of a Cluster THEN they are the settings', () => {
    expect(redisOf({ TIDEGATE_REDIS_URL: 'rediss+cluster://:pw@n1:7000,n2/' })).toMatchObject({
      cluster: ['n1:7000', 'n2'],
      tls: true,
      password: 'pw',
    });
  });

  it('WHEN they are given one by one THEN variables hold them with commas', () => {
    const env = { TIDEGATE_REDIS_SENTINELS: 's1, s2:26380', TIDEGATE_REDIS_SENTINEL_PASSWORD: 'pw' };
    expect(redisOf(env)).toMatchObject({ sentinels: ['s1', 's2:26380'], sentinelPassword: 'pw' });
    expect(redisOf({ TIDEGATE_REDIS_CLUSTER: 'n1,n2' }).cluster).toEqual(['n1', 'n2']);
    expect(message({ TIDEGATE_REDIS_SENTINELS: 'redis://:hidden@s1' })).toBe(
      'TG2001 redis.sentinels.0: Must be host:port, for example redis-1:6379, in TIDEGATE_REDIS_SENTINELS. Correct the setting at the source that is named.',
    );
  });

  it('WHEN the URL and the list say the same THEN that is fine; otherwise it is refused', () => {
    const env = { TIDEGATE_REDIS_URL: 'redis+cluster://n1,n2' };
    expect(redisOf({ ...env, TIDEGATE_REDIS_CLUSTER: 'n1,n2' }).cluster).toEqual(['n1', 'n2']);
    expect(message({ ...env, TIDEGATE_REDIS_CLUSTER: 'n1' })).toContain('TG2006 redis.cluster');
  });

  it('WHEN Redis is given in two ways THEN both are named', () => {
    expect(message({ TIDEGATE_REDIS_HOST: 'cache', TIDEGATE_REDIS_CLUSTER: 'n1' })).toBe(
      'TG2009 redis.cluster: Redis is given in 2 ways: redis.host, redis.cluster, in TIDEGATE_REDIS_CLUSTER. Keep one of redis.host, redis.sentinels and redis.cluster.',
    );
  });

  it('WHEN there are authorities without TLS THEN that is refused', () => {
    const env = { TIDEGATE_REDIS_HOST: 'cache', TIDEGATE_REDIS_TLS_CA: '-----BEGIN CERTIFICATE-----' };
    expect(message(env)).toContain(
      'TG2002 redis.tls: There are authorities in redis.tlsCa, and Redis is not reached over TLS',
    );
    expect(redisOf({ ...env, TIDEGATE_REDIS_TLS: 'true' }).tls).toBe(true);
  });
});
