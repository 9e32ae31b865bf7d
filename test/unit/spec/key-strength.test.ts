import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../../src/server/settings/load-settings.ts';
import { weaknessOf } from '../../../src/spec/settings/key-strength.ts';

const PLACEHOLDER = 'It looks like the placeholder of an example';
const REPEATS = 'It repeats itself too much to be random';

describe('GIVEN a key', () => {
  it.each([
    ['change-this-secret-in-production-please', PLACEHOLDER],
    ['your-secret-key-goes-here-0123456789', PLACEHOLDER],
    ['CHANGEME_CHANGEME_CHANGEME_CHANGEME', PLACEHOLDER],
    ['k'.repeat(64), REPEATS],
    ['1'.repeat(20) + '2'.repeat(20), REPEATS],
    ['abcABC123'.repeat(5), REPEATS],
    ['0123456789abcdef0123456789abcdef', REPEATS],
    ['abcdefghijklmnopqrstuvwxyz0123456789', REPEATS],
  ])('WHEN it is %s THEN it is weak', (key, weakness) => {
    expect(weaknessOf(key)).toBe(weakness);
  });

  it('WHEN it is random, in hex or in Base64, THEN it is not', () => {
    const keys = Array.from({ length: 1_000 }, (_, index) =>
      randomBytes(index % 2 === 0 ? 16 : 24).toString(index % 2 === 0 ? 'hex' : 'base64'),
    );
    expect(keys.filter((key) => weaknessOf(key) !== undefined)).toEqual([]);
  });
});

describe('GIVEN a weak key in the settings', () => {
  const env = { TIDEGATE_AUTH_TOKEN_KEY: 'change-this-secret-in-production-please' };

  it('WHEN it is for production, which is the default, THEN it is refused, unprinted', () => {
    expect(() => loadSettings({ env })).toThrow(
      'TG2007 auth.tokenKey: It looks like the placeholder of an example, in TIDEGATE_AUTH_TOKEN_KEY. Make one with openssl rand -hex 32.',
    );
  });

  it('WHEN it is for development THEN it may be used', () => {
    const { auth } = loadSettings({ env: { ...env, TIDEGATE_APP_ENVIRONMENT: 'development' } });
    expect(auth.tokenKey).toBe(env.TIDEGATE_AUTH_TOKEN_KEY);
  });
});
