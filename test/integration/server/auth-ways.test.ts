import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpError } from '../../../src/server/index.ts';
import { apiKeyEntry } from '../../../src/spec/index.ts';
import { sign, TOKEN_KEY } from './bad-tokens.ts';
import { refusedHandshake, TestClient } from './client.ts';
import { TestApp } from './test-app.ts';

const ORIGIN = 'https://chat.example.com';
const API_KEY = 'an-api-key-that-openssl-rand-would-make';
const SERVER_KEY = 'another-api-key-that-openssl-would-make';

let server: TestApp;
let alice: string;
let bob: string;

beforeAll(async () => {
  [alice, bob] = (await Promise.all(['alice', 'bob'].map((sub) => sign({ sub })))) as [string, string];
  server = await TestApp.start(
    ({ websocket, http }) => {
      websocket('/ws', { auth: 'required' }, async (socket, { user }) => {
        await socket.accept();
        socket.sendText(user?.id ?? '');
      });
      websocket('/open', async (socket, { user }) => {
        await socket.accept();
        socket.sendText(user?.id ?? 'nobody');
      });
      websocket('/chosen', async (socket) => {
        await socket.accept({ subprotocol: 'data' });
      });
      const allow = async (
        user: { readonly id: string } | undefined,
        { params }: { readonly params: object },
      ) => user !== undefined && 'owner' in params && params.owner === user.id;
      websocket('/of/:owner', { auth: 'required', allow }, async (socket) => {
        await socket.accept();
      });
      http.get('/http', { config: { auth: 'required' } }, async ({ user }) => ({ user: user?.id }));
      http.get('/open', { config: { auth: 'optional' } }, async ({ user }) => ({
        user: user?.id ?? 'nobody',
      }));
      http.get('/unasked', async ({ user }) => ({ user: user?.id ?? 'nobody' }));
    },
    {
      cors: { origins: [ORIGIN] },
      auth: {
        tokenKey: TOKEN_KEY,
        cookie: 'session',
        apiKeys: [
          apiKeyEntry({ name: 'robot', scope: 'user' }, API_KEY),
          apiKeyEntry({ name: 'billing', scope: 'api' }, SERVER_KEY),
        ],
      },
    },
    {
      authenticate: async ({ headers }) => {
        if (headers['x-badge'] === 'broken') throw new HttpError(401, 'The badge is broken');
        return headers['x-badge'] === 'gold' ? { id: 'badge', claims: {} } : undefined;
      },
    },
  );
});
afterAll(() => server.stop());

/** Whom a WebSocket and an HTTP request with these headers and query speak for; or the statuses of their refusals. */
async function whom(headers: Record<string, string>, query = ''): Promise<unknown[]> {
  const socket = TestClient.connect(`${server.url}/ws${query}`, headers).then(
    async (client) => {
      await client.closed;
      return client.texts[0];
    },
    ({ status }) => status,
  );
  const answer = await fetch(`${server.url}/http${query}`, { headers });
  return [await socket, answer.ok ? ((await answer.json()) as { user: string }).user : answer.status];
}

describe('GIVEN the ways a proof may come', () => {
  it('WHEN one is there THEN it counts for WebSocket and HTTP alike', async () => {
    expect(await whom({}, `?token=${alice}`)).toEqual(['alice', 'alice']);
    expect(await whom({ authorization: `Bearer ${alice}` })).toEqual(['alice', 'alice']);
    expect(await whom({ cookie: `session=${alice}`, origin: ORIGIN })).toEqual(['alice', 'alice']);
    expect(await whom({ 'x-api-key': API_KEY })).toEqual(['robot', 'robot']);
    expect(await whom({ authorization: `ApiKey ${API_KEY}` })).toEqual(['robot', 'robot']);
    expect(await whom({ 'x-badge': 'gold' })).toEqual(['badge', 'badge']);
  });

  it('WHEN none is there, or one is not good, THEN it is 401', async () => {
    const none = [401, 401];
    expect(await whom({})).toEqual(none);
    expect(await whom({ 'x-api-key': apiKeyEntry({ name: 'robot', scope: 'user' }, API_KEY) })).toEqual(none);
    expect(await whom({}, `?api_key=${API_KEY}`)).toEqual(none);
    expect(await whom({ cookie: `other=${alice}` })).toEqual(none);
    expect(await whom({ 'x-badge': 'broken' }, `?token=${alice}`)).toEqual(none);
    expect(await whom({ 'x-api-key': API_KEY }, '?token=nonsense')).toEqual(none);
  });

  it('WHEN a key is for the server API THEN it stands for nobody', async () => {
    expect(await whom({ 'x-api-key': SERVER_KEY })).toEqual([403, 403]);
  });

  it('WHEN a page of another origin sends the cookie along THEN it does not count', async () => {
    expect(await whom({ cookie: `session=${alice}`, origin: 'https://evil.example.org' })).toEqual([
      403, 401,
    ]);
  });

  it('WHEN several agree THEN they count, and are 400 when they are of different users', async () => {
    const older = await sign({ sub: 'alice', jti: 'older' });
    expect(await whom({ authorization: `Bearer ${older}` }, `?token=${alice}`)).toEqual(['alice', 'alice']);
    expect(await whom({ authorization: `Bearer ${bob}` }, `?token=${alice}`)).toEqual([400, 400]);
    expect(await whom({ 'x-api-key': API_KEY }, `?token=${alice}`)).toEqual([400, 400]);
    expect(await whom({}, `?token=${alice}&token=${alice}`)).toEqual([400, 400]);
  });

  it('WHEN the application knows the user itself THEN nothing else is looked at', async () => {
    expect(await whom({ 'x-badge': 'gold' }, '?token=nonsense')).toEqual(['badge', 'badge']);
  });

  it('WHEN a proof is optional THEN none is nobody, and a bad one is refused; unasked, it is not looked at', async () => {
    const texts = await Promise.all(
      ['', `?token=${alice}`].map(async (query) => {
        const client = await TestClient.connect(`${server.url}/open${query}`);
        await client.closed;
        return client.texts[0];
      }),
    );
    expect(texts).toEqual(['nobody', 'alice']);
    const statuses = ['/open', '/open?token=bad', '/unasked?token=bad'].map(
      async (path) => (await fetch(server.url + path)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 401, 200]);
    expect((await refusedHandshake(`${server.url}/open?token=bad`)).status).toBe(401);
  });

  it('WHEN no proof is there THEN the challenge names no error', async () => {
    const { headers, body } = await refusedHandshake(`${server.url}/ws`);
    expect([headers['www-authenticate'], body.error]).toEqual([
      'Bearer realm="tidegate"',
      'A token is needed',
    ]);
  });
});

describe('GIVEN a token as a subprotocol', () => {
  /** As a page sees it: the WebSocket of the platform is as strict as that of browsers. */
  const page = (path: string, protocols: string[]) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(server.url.replace('http', 'ws') + path, protocols);
      socket.onopen = () => {
        resolve(socket.protocol);
        socket.close();
      };
      socket.onerror = () => resolve('failed');
    });

  it('WHEN another is offered beside it THEN that one is chosen, and the token is never sent back', async () => {
    expect(await page('/ws', ['chat', `bearer.${alice}`])).toBe('chat');
    expect(await page('/ws', [`bearer.${alice}`, 'chat', 'data'])).toBe('chat');
    expect(await page('/chosen', [`bearer.${alice}`, 'chat', 'data'])).toBe('data');
  });

  it('WHEN the token is the only one, or bad, THEN it is refused', async () => {
    expect(await page('/ws', [`bearer.${alice}`])).toBe('failed');
    const headers = { 'sec-websocket-protocol': `bearer.${alice}` };
    const { status, body } = await refusedHandshake(`${server.url}/ws`, headers);
    expect([status, body.error]).toEqual([400, 'Offer a subprotocol beside the token']);
    expect(await page('/ws', ['chat', 'bearer.nonsense'])).toBe('failed');
  });
});

describe('GIVEN an endpoint with a rule of its own', () => {
  it('WHEN the user may come in THEN it does; others get 403, and who is unknown 401', async () => {
    const client = await TestClient.connect(`${server.url}/of/alice?token=${alice}`);
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    const paths = [`/of/alice?token=${bob}`, '/of/alice'];
    const refusals = await Promise.all(paths.map((path) => refusedHandshake(server.url + path)));
    expect(refusals.map(({ status, body }) => [status, body.error])).toEqual([
      [403, 'This user may not do this'],
      [401, 'A token is needed'],
    ]);
  });
});
