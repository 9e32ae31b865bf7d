import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ApiKeys } from '../../../../src/server/auth/api-keys.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('GIVEN API keys by their hashes', () => {
  const entries = [`robot:${sha256('first key')}`, `probe:${sha256('second key')}`];
  const keys = new ApiKeys(entries);

  it('WHEN a key is brought THEN it stands for its name', () => {
    expect(['first key', 'second key'].map((key) => keys.user(key))).toEqual([
      { id: 'robot', claims: {} },
      { id: 'probe', claims: {} },
    ]);
  });

  it('WHEN it is another, the hash itself, or a name THEN it stands for nobody', () => {
    const wrong = ['', 'first key ', 'First key', sha256('first key'), entries[0] ?? '', 'robot'];
    expect(wrong.map((key) => keys.user(key))).toEqual(wrong.map(() => undefined));
  });

  it('WHEN there are none THEN no key is good', () => {
    expect(new ApiKeys([]).user('first key')).toBeUndefined();
  });
});
