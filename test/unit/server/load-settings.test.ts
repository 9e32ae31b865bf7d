import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type LoadSettingsOptions, loadSettings } from '../../../src/server/settings/load-settings.ts';
import { settingInfos } from '../../../src/spec/settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-settings-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

function refusal(options: LoadSettingsOptions): string {
  try {
    loadSettings(options);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('The settings were to be refused');
}

const SECRET = 'a-secret-that-must-never-be-printed-anywhere';

describe('GIVEN no settings', () => {
  it('WHEN they are loaded THEN every default is there', () => {
    expect(loadSettings({ env: {} })).toMatchObject({
      logLevel: 'info',
      host: '127.0.0.1',
      port: 8000,
      chat: { replay: 50 },
      cors: { origins: ['*'], credentials: false },
      redis: { port: 6379 },
    });
  });
});

describe('GIVEN one setting from every source', () => {
  const path = file(
    'file.yaml',
    'port: 2\nchat: { replay: 2 }\nping: { intervalSeconds: 2 }\nlimits: { connections: 2 }\n',
  );
  const options = {
    base: { source: 'spec.yaml', settings: { port: 1, chat: { replay: 1 }, logLevel: 'warn' } },
    file: path,
    env: { TIDEGATE_CHAT_REPLAY: '3', TIDEGATE_PING_INTERVAL_SECONDS: '3' },
    overrides: { source: 'the options', settings: { ping: { intervalSeconds: 4 }, host: undefined } },
  };

  it('WHEN they are loaded THEN base, file, environment and overrides win in that order', () => {
    expect(loadSettings(options)).toMatchObject({
      logLevel: 'warn',
      host: '127.0.0.1',
      port: 2,
      chat: { replay: 3 },
      ping: { intervalSeconds: 4 },
      limits: { connections: 2 },
    });
  });

  it('WHEN the file is named by a variable, or is JSON, THEN it counts as well', () => {
    expect(loadSettings({ env: { TIDEGATE_SETTINGS_FILE: path } }).port).toBe(2);
    expect(loadSettings({ env: {}, file: file('settings.json', '{"port": 9000}') }).port).toBe(9000);
    expect(loadSettings({ env: {}, file: file('empty.yaml', '') }).port).toBe(8000);
  });
});

describe('GIVEN variables', () => {
  it('WHEN they are of every type THEN each is read as its setting wants it', () => {
    const env = {
      TIDEGATE_PORT: '9000',
      TIDEGATE_CORS_CREDENTIALS: 'true',
      TIDEGATE_CORS_ORIGINS: 'https://a.example.com, https://b.example.com',
      TIDEGATE_REDIS_HOST: '123',
      TIDEGATE_DRAIN_CLOSES_PER_SECOND: '0.5',
      TIDEGATE_CHANNELS_NAMESPACES: '[{"name":"news","historySize":9}]',
      TIDEGATE_LOG_LEVEL: '',
    };
    expect(loadSettings({ env })).toMatchObject({
      port: 9000,
      cors: { credentials: true, origins: ['https://a.example.com', 'https://b.example.com'] },
      redis: { host: '123' },
      drain: { closesPerSecond: 0.5 },
      channels: { namespaces: [{ name: 'news', historySize: 9, historyTtlSeconds: 300 }] },
      logLevel: 'info',
    });
  });

  it('WHEN a secret is given as a value and as a file THEN the file wins, without its last line break', () => {
    const env = {
      TIDEGATE_REDIS_PASSWORD: 'value',
      TIDEGATE_REDIS_PASSWORD_FILE: file('redis', 'from a file\n'),
    };
    expect(loadSettings({ env }).redis.password).toBe('from a file');
  });

  it('WHEN a secret is a list THEN its file has a line for each', () => {
    const entries = ['robot', 'probe'].map((name) => `${name}:api:${'0f'.repeat(32)}`);
    const env = { TIDEGATE_AUTH_API_KEYS_FILE: file('api-keys', `${entries.join('\n')}\n`) };
    expect(loadSettings({ env }).auth.apiKeys).toEqual(entries);
  });

  it('WHEN a setting is neither a secret nor public keys or certificates THEN it has no _FILE variable', () => {
    const files = settingInfos().filter((setting) => setting.file);
    expect(files.map(({ variable, secret }) => (secret ? variable : `${variable} in clear`)).sort()).toEqual([
      'TIDEGATE_AUTH_ACCEPTED_TOKEN_KEYS',
      'TIDEGATE_AUTH_API_KEYS',
      'TIDEGATE_AUTH_PUBLIC_KEY in clear',
      'TIDEGATE_AUTH_TOKEN_KEY',
      'TIDEGATE_POSTGRES_LOGIN',
      'TIDEGATE_POSTGRES_PASSWORD',
      'TIDEGATE_POSTGRES_TLS_CA in clear',
      'TIDEGATE_POSTGRES_URL',
      'TIDEGATE_REDIS_PASSWORD',
      'TIDEGATE_REDIS_SENTINEL_PASSWORD',
      'TIDEGATE_REDIS_TLS_CA in clear',
      'TIDEGATE_REDIS_URL',
    ]);
    expect(loadSettings({ env: { TIDEGATE_PORT_FILE: '/nowhere' } }).port).toBe(8000);
  });
});

describe('GIVEN settings that are wrong', () => {
  it('WHEN they come from several sources THEN each is named with its own', () => {
    const path = file('wrong.yaml', 'pong: 1\nlimits: { connections: 0 }\ncors: { origins: [1] }\n');
    const message = refusal({
      file: path,
      env: { TIDEGATE_PORT: 'eighty', TIDEGATE_CORS_CREDENTIALS: 'maybe' },
      overrides: { source: '--host', settings: { host: 5 } },
    });
    const named = message
      .split('\n')
      .map((line) => /^(TG\d+) (\S+): .*, in (\S+)\. /.exec(line)?.slice(1).join(' '));
    expect(named.sort()).toEqual([
      'TG2001 cors.credentials TIDEGATE_CORS_CREDENTIALS',
      `TG2001 cors.origins.0 ${path}`,
      'TG2001 host --host',
      `TG2001 limits.connections ${path}`,
      `TG2001 pong ${path}`,
      'TG2001 port TIDEGATE_PORT',
    ]);
  });

  it('WHEN two settings contradict each other THEN the rule is named as in the spec', () => {
    const message = refusal({ env: { TIDEGATE_CORS_CREDENTIALS: 'true' } });
    expect(message).toBe(
      'TG1108 cors.credentials: Credentials are refused by browsers, and unsafe, when any origin is allowed, in TIDEGATE_CORS_CREDENTIALS. List the origins in server.settings.cors.origins, or set credentials to false.',
    );
  });

  it('WHEN a secret is wrong THEN its value is not printed', () => {
    const short = SECRET.slice(0, 20);
    const messages = [
      refusal({ env: { TIDEGATE_AUTH_TOKEN_KEY: short } }),
      refusal({ env: { TIDEGATE_AUTH_TOKEN_KEY_FILE: file('key', short) } }),
      refusal({ env: {}, file: file('secret.yaml', `auth: { tokenKey: ${short} }`) }),
      refusal({ env: {}, file: file('list.yaml', `redis: { password: [${SECRET}] }`) }),
      refusal({ env: {}, file: file('broken.yaml', `redis: { password: "${SECRET}\n  x: [`) }),
    ];
    expect(messages.filter((message) => message.includes(short))).toEqual([]);
  });

  it('WHEN a cookie is to carry tokens, and any origin is allowed, THEN the rule says so', () => {
    expect(refusal({ env: { TIDEGATE_AUTH_COOKIE: 'session' } })).toBe(
      'TG1115 auth.cookie: Browsers send cookies along whatever page connects, and any origin is allowed, in TIDEGATE_AUTH_COOKIE. List the origins in server.settings.cors.origins, or remove server.settings.auth.cookie.',
    );
  });

  it('WHEN keys of tokens are private, or fetched in clear, THEN they are refused', () => {
    const wrong = [
      { TIDEGATE_AUTH_PUBLIC_KEY: '-----BEGIN PRIVATE KEY-----' },
      { TIDEGATE_AUTH_PUBLIC_KEY: 'https://issuer.example.com/jwks.json' },
      { TIDEGATE_AUTH_JWKS_URL: 'http://issuer.example.com/jwks.json' },
      { TIDEGATE_AUTH_JWKS_URL: 'http://localhost@issuer.example.com/jwks.json' },
      { TIDEGATE_AUTH_JWKS_URL: 'http://127.0.0.1.example.com/jwks.json' },
      { TIDEGATE_AUTH_JWKS_URL: 'https://user:password@issuer.example.com/' },
      { TIDEGATE_AUTH_JWKS_URL: 'file:///etc/passwd' },
      { TIDEGATE_AUTH_API_KEYS: 'robot:the-key-itself' },
    ];
    const codes = wrong.map((env) => /^TG2001 auth\.\w+/.exec(refusal({ env }))?.[0]);
    const [publicKey, jwksUrl, apiKeys] = ['publicKey', 'jwksUrl', 'apiKeys'].map(
      (name) => `TG2001 auth.${name}`,
    );
    expect(codes).toEqual([publicKey, publicKey, jwksUrl, jwksUrl, jwksUrl, jwksUrl, jwksUrl, apiKeys]);
  });

  it('WHEN a file is not there THEN it is named, with the variable that names it', () => {
    expect(refusal({ env: { TIDEGATE_POSTGRES_PASSWORD_FILE: '/nowhere' } })).toBe(
      'TG2002 postgres.password: /nowhere, which TIDEGATE_POSTGRES_PASSWORD_FILE names, cannot be read (ENOENT). Give the setting by file or environment variable.',
    );
    expect(refusal({ env: { TIDEGATE_SETTINGS_FILE: '/nowhere' } })).toBe(
      'TG2002: The settings file /nowhere cannot be read (ENOENT). Give the setting by file or environment variable.',
    );
  });

  it('WHEN the file is not YAML, or no settings, THEN it says so', () => {
    const broken = file('not.yaml', 'port: [1');
    expect(refusal({ env: {}, file: broken })).toMatch(`TG2001: The settings file ${broken} is not YAML: `);
    const list = file('list-of.yaml', '- port');
    expect(refusal({ env: {}, file: list })).toMatch(
      `The settings file ${list} does not hold settings by name`,
    );
  });
});
