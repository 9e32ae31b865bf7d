import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { explainSettings } from '../../../../src/server/settings/explain-settings.ts';
import { loadSettings, traceSettings } from '../../../../src/server/settings/load-settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-sources-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const write = (name: string, text: string) => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};

const KEY = 'f3d9b0c47a1e8265d4b79c0e61fa8325';
const file = write('settings.yaml', 'port: 1001\nlogLevel: warn\nlimits: { connections: 11 }\n');
const secret = write('password', 'from the file\n');
write(
  '.env',
  `# Of this machine
TIDEGATE_PORT=1002
TIDEGATE_HOST="127.0.0.2"
TIDEGATE_CHAT_REPLAY=7
TIDEGATE_REDIS_PASSWORD_FILE=${secret}
POSTGRES_PASSWORD=of-another-program
`,
);

describe('GIVEN settings in a file, in .env, in the environment and in options', () => {
  const options = {
    file,
    directory,
    env: {
      TIDEGATE_PORT: '1003',
      TIDEGATE_REDIS_PASSWORD: 'from the environment',
      TIDEGATE_AUTH_TOKEN_KEY: KEY,
    },
    overrides: [
      { source: '--host', settings: { host: undefined } },
      { source: '--port', settings: { limits: { connections: 12 } } },
    ],
  };

  it('WHEN they are loaded THEN each source wins over those before it, and .env never over the environment', () => {
    expect(loadSettings(options)).toMatchObject({
      logLevel: 'warn',
      host: '127.0.0.2',
      port: 1003,
      chat: { replay: 7 },
      limits: { connections: 12 },
      redis: { password: 'from the environment' },
    });
  });

  it('WHEN they are explained THEN each has its source, and no secret has its value', () => {
    const explained = explainSettings(traceSettings(options));
    const of = (name: string) => {
      const { value, source, changes } = explained.find(({ setting }) => setting === name) ?? {};
      return { value, source, changes };
    };
    expect(of('logLevel')).toEqual({ value: 'warn', source: file, changes: 'restart' });
    expect(of('host')).toEqual({ value: '127.0.0.2', source: 'TIDEGATE_HOST in .env', changes: 'restart' });
    expect(of('port')).toEqual({ value: 1003, source: 'TIDEGATE_PORT', changes: 'restart' });
    expect(of('limits.connections')).toEqual({ value: 12, source: '--port', changes: 'live' });
    expect(of('limits.queueBytes')).toEqual({ value: 1_048_576, source: 'default', changes: 'live' });
    expect(of('redis.password')).toEqual({
      value: '•••',
      source: 'TIDEGATE_REDIS_PASSWORD',
      changes: 'live',
    });
    expect(of('postgres.password')).toEqual({ value: undefined, source: 'default', changes: 'live' });
    for (const text of [KEY, 'from the environment', 'from the file']) {
      expect(JSON.stringify(explained)).not.toContain(text);
    }
  });

  it('WHEN a secret is named in .env alone THEN its file is read', () => {
    expect(loadSettings({ directory, env: {} }).redis.password).toBe('from the file');
  });

  it('WHEN no directory is named THEN .env is not read', () => {
    expect(loadSettings({ env: {} }).port).toBe(8000);
  });

  it('WHEN .env holds something wrong THEN the error names it', () => {
    const other = mkdtempSync(join(directory, 'wrong-'));
    writeFileSync(join(other, '.env'), 'TIDEGATE_PORT=eighty\n');
    expect(() => loadSettings({ directory: other, env: {} })).toThrow(
      'TG2001 port: Invalid input: expected number, received string, in TIDEGATE_PORT in .env. Correct the setting at the source that is named.',
    );
  });
});
