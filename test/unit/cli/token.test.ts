import { spawnSync } from 'node:child_process';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { TokenCheck } from '../../../src/server/auth/token-check.ts';
import { loadSettings } from '../../../src/server/index.ts';

const settings = {
  TIDEGATE_AUTH_TOKEN_KEY: 'a-key-of-the-tests-of-32-characters-or-more',
  TIDEGATE_AUTH_AUDIENCE: 'chat,mail',
  TIDEGATE_AUTH_ISSUER: 'https://issuer.example.com',
  TIDEGATE_AUTH_SUBJECT_CLAIM: 'email',
};
const token = (user: string, env: Readonly<Record<string, string>> = settings) =>
  spawnSync('node', ['src/cli/main.ts', 'token', '--user', user, '--seconds', '60'], {
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });

describe('GIVEN tidegate token', () => {
  it('WHEN it signs one THEN a server with the same settings lets it in', async () => {
    const { stdout } = token('alice@example.com');
    const check = new TokenCheck(() => loadSettings({ env: settings }), pino({ level: 'silent' }));
    const now = Math.floor(Date.now() / 1_000);
    const { id, claims, expiresAt = 0 } = await check.user(stdout.trim());
    expect([id, claims.aud, claims.iss]).toEqual(['alice@example.com', 'chat', 'https://issuer.example.com']);
    expect(Math.abs(expiresAt - now - 60)).toBeLessThan(30);
  });

  it('WHEN the name is empty, or there is no key, THEN it says so', () => {
    const errors = [token(''), token(' '), token('alice', {})].map(({ status, stderr }) => [
      status,
      stderr.slice(0, 34),
    ]);
    expect(errors).toEqual([
      [1, 'tidegate: TG1003 --user: The name '],
      [1, 'tidegate: TG1003 --user: The name '],
      [1, 'tidegate: TG2002 auth.tokenKey: Th'],
    ]);
  });
});
