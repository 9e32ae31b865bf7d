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
      ['redis.tls', false, 'TIDEGATE_REDIS_URL'],
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
    const redis = ['http://cache', 'redis://cache/1', 'redis://ann:hidden@cache', 'redis://cache?db=1'];
    expect(redis.map((url) => message({ TIDEGATE_REDIS_URL: url }).split(', in ')[0])).toEqual([
      'TG2001 redis.url: Must be of the form redis://:password@host:port, or rediss:// for TLS',
      'TG2001 redis.url: It names a database, and only number 0 is used',
      'TG2001 redis.url: It names a user, and only the default one is used',
      'TG2001 redis.url: It has parameters, which are not known',
    ]);
  });
});
