import { exportJWK, generateKeyPair } from 'jose';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIENCE, badTokens, claims, ISSUER, sign, TOKEN_KEY } from './bad-tokens.ts';
import { refusedHandshake, TestClient } from './client.ts';
import { TestApp } from './test-app.ts';

let server: TestApp;
let pair: Awaited<ReturnType<typeof generateKeyPair>>;
let bad: ReadonlyMap<string, string>;
const lines: string[] = [];

beforeAll(async () => {
  pair = await generateKeyPair('RS256', { extractable: true });
  bad = await badTokens(pair);
  const publicKey = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'current' }] });
  server = await TestApp.start(
    ({ websocket, http }) => {
      websocket('/ws', { auth: 'required' }, async (socket, { user }) => {
        await socket.accept();
        socket.sendText(user?.id ?? '');
      });
      http.get('/http', { config: { auth: 'required' } }, async ({ user }) => ({ user: user?.id }));
    },
    { auth: { tokenKey: TOKEN_KEY, publicKey, audience: [AUDIENCE], issuer: ISSUER } },
    { log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }) },
  );
});
afterAll(() => server.stop());

describe('GIVEN a server with a secret key and a public one', () => {
  it('WHEN a token is good by either THEN it is let in by WebSocket and by HTTP', async () => {
    const byPublicKey = await sign(claims(), pair.privateKey, { alg: 'RS256', kid: 'current' });
    for (const token of [await sign(claims()), byPublicKey]) {
      const client = await TestClient.connect(`${server.url}/ws?token=${token}`);
      await client.closed;
      expect(client.texts).toEqual(['alice']);
      const answer = await fetch(`${server.url}/http`, { headers: { authorization: `Bearer ${token}` } });
      expect([answer.status, await answer.json()]).toEqual([200, { user: 'alice' }]);
    }
  });

  it('WHEN a token is bad THEN it gets 401 with a challenge, whichever way it comes', async () => {
    const answers = new Map<string, unknown>();
    for (const [what, token] of bad) {
      const query = `?token=${encodeURIComponent(token)}`;
      const handshake = await refusedHandshake(`${server.url}/ws${query}`);
      const request = await fetch(`${server.url}/http${query}`);
      const challenges = [handshake.headers['www-authenticate'], request.headers.get('www-authenticate')];
      const challenged = challenges.every((text) =>
        String(text).startsWith('Bearer realm="tidegate", error="invalid_token"'),
      );
      answers.set(what, [handshake.status, request.status, challenged]);
    }
    expect(Object.fromEntries(answers)).toEqual(
      Object.fromEntries([...bad.keys()].map((what) => [what, [401, 401, true]])),
    );
  });

  it('WHEN it comes in a header or as a subprotocol THEN it is refused as well', async () => {
    const statuses = new Map<string, unknown>();
    for (const [what, token] of bad) {
      if (/[^A-Za-z0-9._-]/.test(token)) continue;
      const ways: Record<string, string>[] = [
        { authorization: `Bearer ${token}` },
        { 'sec-websocket-protocol': `chat, bearer.${token}` },
      ];
      const answers = await Promise.all(ways.map((headers) => refusedHandshake(`${server.url}/ws`, headers)));
      statuses.set(
        what,
        answers.map(({ status }) => status),
      );
    }
    expect(statuses.size).toBeGreaterThan(30);
    expect([...statuses].filter(([, answer]) => String(answer) !== '401,401')).toEqual([]);
  });

  it('WHEN all that was refused THEN no token is in the log, in an answer, or in the metrics', async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const told = [metrics, ...lines];
    for (const [what, token] of bad) {
      const { body, headers } = await refusedHandshake(`${server.url}/ws?token=${encodeURIComponent(token)}`);
      const answer = await fetch(`${server.url}/nowhere?token=${encodeURIComponent(token)}`);
      const seen = [
        ...told,
        JSON.stringify([body, headers]),
        await answer.text(),
        JSON.stringify([...answer.headers]),
      ];
      const secrets = [token, ...token.split('.').slice(1)].filter((text) => text.length > 8);
      expect([what, seen.filter((text) => secrets.some((secret) => text.includes(secret)))]).toEqual([
        what,
        [],
      ]);
    }
    expect(lines.length).toBeGreaterThan(0);
    expect(metrics).toContain('tidegate_refusals_total{reason="auth"}');
  });
});
