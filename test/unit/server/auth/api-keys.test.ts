import { describe, expect, it } from 'vitest';
import { ApiKeys } from '../../../../src/server/auth/api-keys.ts';
import { apiKeyEntry, hashOfApiKey } from '../../../../src/spec/settings/api-key.ts';

describe('GIVEN API keys by their hashes', () => {
  const robot = { name: 'robot', scope: 'user' } as const;
  const billing = { name: 'billing', scope: 'api' } as const;
  const entries = [
    apiKeyEntry(robot, 'first key'),
    apiKeyEntry(billing, 'second key'),
    apiKeyEntry(billing, 'newer key'),
    apiKeyEntry({ ...robot, scope: 'api' }, 'first key'),
  ];
  const keys = new ApiKeys(entries);

  it('WHEN a key is brought THEN it is what it is listed for, however often', () => {
    const grants = (key: string) => keys.grants(key).map(({ name, scope }) => `${name}:${scope}`);
    expect(['first key', 'second key', 'newer key'].map(grants)).toEqual([
      ['robot:user', 'robot:api'],
      ['billing:api'],
      ['billing:api'],
    ]);
  });

  it('WHEN it is another, the hash itself, or a name THEN it is for nothing', () => {
    const hash = hashOfApiKey('first key').toString('hex');
    const wrong = ['', 'first key ', 'First key', hash, entries[0] ?? '', 'robot'];
    expect(wrong.flatMap((key) => keys.grants(key))).toEqual([]);
  });

  it('WHEN there are none THEN no key is good', () => {
    expect(new ApiKeys([]).grants('first key')).toEqual([]);
  });
});
