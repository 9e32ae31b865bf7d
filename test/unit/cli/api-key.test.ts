import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ApiKeys } from '../../../src/server/auth/api-keys.ts';
import { loadSettings } from '../../../src/server/index.ts';

const apiKey = (...args: readonly string[]) =>
  spawnSync('node', ['src/cli/main.ts', 'api-key', ...args], { encoding: 'utf8' });

/** What a server with this entry lets the key do. */
function grants(key: string, entry: string) {
  const { auth } = loadSettings({ env: { TIDEGATE_AUTH_API_KEYS: entry } });
  return new ApiKeys(auth.apiKeys).grants(key).map(({ name, scope }) => `${name}:${scope}`);
}

describe('GIVEN tidegate api-key', () => {
  it('WHEN it makes a key THEN a server with its entry lets it in, and the entry does not tell it', () => {
    const { stdout, stderr } = apiKey('billing');
    const [, key = '', entry = ''] = /^key {4}([\w-]{43})\nentry {2}(\S+)\n$/.exec(stdout) ?? [];
    expect(grants(key, entry)).toEqual(['billing:api']);
    expect(entry + stderr).not.toContain(key);
  });

  it('WHEN it is for a user, as JSON, THEN it is', () => {
    const { key, entry, ...rest } = JSON.parse(apiKey('robot@x', '--scope', 'user', '-o', 'json').stdout);
    expect(rest).toEqual({ name: 'robot@x', scope: 'user' });
    expect(grants(key, entry)).toEqual(['robot@x:user']);
  });

  it('WHEN name or scope cannot be THEN it says so', () => {
    const errors = [apiKey('a:b'), apiKey('billing', '--scope', 'all')].map(({ status, stderr }) => [
      status,
      stderr.split('\n')[0],
    ]);
    expect(errors).toEqual([
      [
        1,
        'tidegate: TG1003 name: A name has up to 64 letters, digits, _, ., @ and -. Give a value of the form that is stated.',
      ],
      [2, "error: option '--scope <scope>' argument 'all' is invalid. Allowed choices are api, user."],
    ]);
  });
});
