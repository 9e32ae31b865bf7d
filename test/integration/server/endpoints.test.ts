import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { HandshakeRefused, TestClient } from './client.ts';
import { startReplica } from './replica.ts';

const TOKEN_KEY = 'a-key-of-the-tests-of-32-characters-or-more';
const ORIGIN = 'https://chat.example.com';

let server: RunningServer;
const connect = (path: string, headers?: Record<string, string>) =>
  TestClient.connect(server.address.url + path, headers);
const statusOf = async (path: string, headers?: Record<string, string>) => {
  const error = await connect(path, headers).catch((reason: unknown) => reason);
  return error instanceof HandshakeRefused ? error.status : 'accepted';
};
const metric = async (line: string) => {
  const text = await (await fetch(`${server.address.url}/metrics`)).text();
  return text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
};

beforeAll(async () => {
  server = await startReplica({
    auth: { tokenKey: TOKEN_KEY },
    cors: { origins: [ORIGIN] },
    limits: { messageBytes: 1_024, queueBytes: 65_536, connections: 8 },
    chat: { replay: 2 },
  });
  await server.whenReady();
});
afterAll(() => server.drain());

describe('GIVEN /ws', () => {
  it('WHEN texts are sent THEN they come back as they came, and nothing before them', async () => {
    const client = await connect('/ws');
    for (const text of ['first', '', 'a "quoted" ünïcödé 🎈', '  spaces  ']) client.send(text);
    await client.waitForCount(4);
    expect(client.texts).toEqual(['first', '', 'a "quoted" ünïcödé 🎈', '  spaces  ']);
    await client.close();
  });

  it('WHEN a message is binary THEN the socket is closed with 1003', async () => {
    const client = await connect('/ws');
    client.socket.send(Buffer.from([1, 2, 3]));
    expect(await client.closed).toEqual({ code: 1003, reason: 'Text messages only' });
  });

  it('WHEN a message is larger than limits.messageBytes THEN the socket is closed with 1009', async () => {
    const client = await connect('/ws');
    client.send('x'.repeat(1_025));
    expect(await client.closed).toEqual({ code: 1009, reason: 'The message is too long' });
  });

  it('WHEN a message is just as large as limits.messageBytes THEN it comes back', async () => {
    const client = await connect('/ws');
    client.send('x'.repeat(1_024));
    await client.waitForCount(1);
    expect(client.texts[0]).toHaveLength(1_024);
    await client.close();
  });
});

describe('GIVEN /data', () => {
  it('WHEN JSON is sent THEN it is confirmed and the socket closed with 1000', async () => {
    const client = await connect('/data');
    client.send('{"temperature":21.5,"unit":"C"}');
    expect(await client.closed).toEqual({ code: 1000, reason: 'Received' });
    expect(client.events).toEqual([{ status: 'success', received: { temperature: 21.5, unit: 'C' } }]);
  });

  it('WHEN something else is sent THEN it says so and closes with 1007', async () => {
    const client = await connect('/data');
    client.send('{"temperature":');
    expect(await client.closed).toEqual({ code: 1007, reason: 'The message is not valid JSON' });
    expect(client.events).toEqual([{ status: 'error', error: 'The message is not valid JSON' }]);
  });
});

describe('GIVEN /secure/ws', () => {
  const sign = (claims: { sub?: string; expires?: string }, key = TOKEN_KEY) => {
    const token = new SignJWT().setProtectedHeader({ alg: 'HS256' });
    if (claims.sub !== undefined) token.setSubject(claims.sub);
    if (claims.expires !== undefined) token.setExpirationTime(claims.expires);
    return token.sign(new TextEncoder().encode(key));
  };

  it('WHEN the token is good THEN texts come back', async () => {
    const client = await connect(`/secure/ws?token=${await sign({ sub: 'alice', expires: '1h' })}`);
    client.send('hello');
    await client.waitForCount(1);
    expect(client.texts).toEqual(['hello']);
    await client.close();
  });

  it('WHEN it is missing, foreign, expired or of nobody THEN the handshake gets 401', async () => {
    const foreign = await sign({ sub: 'alice' }, 'another-key-of-at-least-32-characters');
    const expired = await sign({ sub: 'alice', expires: '1 minute ago' });
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"alice"}')}.`;
    const tokens = [foreign, expired, await sign({}), unsigned, 'nonsense', ''];
    const paths = ['/secure/ws', ...tokens.map((token) => `/secure/ws?token=${token}`)];
    expect(await Promise.all(paths.map((path) => statusOf(path)))).toEqual(paths.map(() => 401));
  });
});

describe('GIVEN the door', () => {
  it('WHEN a page is asked for that is not there THEN the answer does not repeat a token of its URL', async () => {
    const answer = await fetch(`${server.address.url}/secure/ws?token=precious`);
    const text = await answer.text();
    expect([answer.status, JSON.parse(text).error, text.includes('precious')]).toEqual([
      404,
      'Not found',
      false,
    ]);
  });

  it('WHEN clients close with codes of their own THEN the metrics count them as one', async () => {
    for (const code of [3000, 3001, 4999]) {
      const client = await connect('/ws');
      client.socket.close(code);
      await client.closed;
    }
    const line = 'tidegate_closes_total{code="other"}';
    await waitFor('three closes', async () => (await metric(line)) === `${line} 3` || undefined);
  });

  it('WHEN there is no endpoint THEN the handshake gets 404', async () => {
    expect(await Promise.all(['/nowhere', '/chat/', '/chat/%zz'].map((path) => statusOf(path)))).toEqual([
      404, 404, 404,
    ]);
  });

  it('WHEN the name is empty or too long THEN the handshake gets 422', async () => {
    const names = ['', '%20', 'x'.repeat(65)];
    const statuses = names.map((name) => statusOf(`/chat/door?username=${name}`));
    expect(await Promise.all(statuses)).toEqual([422, 422, 422]);
  });

  it('WHEN a page of another origin connects THEN the handshake gets 403', async () => {
    expect(await statusOf('/ws', { origin: 'https://evil.example.com' })).toBe(403);
    const client = await connect('/ws', { origin: ORIGIN });
    await client.close();
  });

  it('WHEN limits.connections are connected THEN one more gets 503, and a free place is given again', async () => {
    await waitFor(
      'no client',
      async () => (await metric('tidegate_connections')) === 'tidegate_connections 0' || undefined,
    );
    const clients = await Promise.all(Array.from({ length: 8 }, () => connect('/ws')));
    expect(await statusOf('/ws')).toBe(503);
    await clients.pop()?.close();
    clients.push(await waitFor('a free place', () => connect('/ws').catch(() => undefined)));
    await Promise.all(clients.map((client) => client.close()));
  });
});

describe('GIVEN /chat/:room', () => {
  it('WHEN someone comes without a query THEN its defaults hold', async () => {
    const nobody = await connect('/chat/defaults');
    await nobody.waitForCount(1);
    expect(nobody.events).toMatchObject([{ type: 'join', user: 'anonymous', text: 'anonymous joined' }]);
    await nobody.close();
  });

  it('WHEN two talk THEN each gets joins, messages and leaves as JSON, in one order', async () => {
    const alice = await connect('/chat/talk?username=alice');
    await alice.waitForCount(1);
    const bob = await connect('/chat/talk?username=bob');
    await bob.waitForCount(1);
    alice.send('hi <b>bob</b>');
    await bob.waitForCount(2);
    bob.send('hi alice');
    await alice.waitForCount(4);
    await bob.close();
    await alice.waitForCount(5);
    const told = [
      { type: 'join', user: 'alice', text: 'alice joined' },
      { type: 'join', user: 'bob', text: 'bob joined' },
      { type: 'message', user: 'alice', text: 'hi <b>bob</b>' },
      { type: 'message', user: 'bob', text: 'hi alice' },
      { type: 'leave', user: 'bob', text: 'bob left' },
    ].map((event) => ({ ...event, at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) }));
    expect(alice.events).toEqual(told);
    expect(bob.events).toEqual(told.slice(1, 4));
    await alice.close();
  });

  it('WHEN someone joins later THEN the last messages come first, marked', async () => {
    const early = await connect('/chat/replay?username=early');
    for (const text of ['one', 'two', 'three']) early.send(text);
    await early.waitForCount(4);
    const late = await connect('/chat/replay?username=late');
    await late.waitForCount(3);
    expect(late.events).toMatchObject([
      { type: 'message', user: 'early', text: 'two', replay: true },
      { type: 'message', user: 'early', text: 'three', replay: true },
      { type: 'join', user: 'late' },
    ]);
    expect(late.events[2]).not.toHaveProperty('replay');
    await Promise.all([early.close(), late.close()]);
  });

  it('WHEN presence=1 is asked for THEN the members are told now and at every change', async () => {
    const watcher = await connect('/chat/present?username=zoe&presence=1');
    await watcher.waitFor('itself', ({ type, count }) => type === 'presence' && count === 1);
    const others = await Promise.all([1, 2].map(() => connect('/chat/present?username=adam')));
    const both = await watcher.waitFor('the other', ({ type, count }) => type === 'presence' && count === 2);
    expect(both).toEqual({ type: 'presence', users: ['adam', 'zoe'], count: 2 });
    await Promise.all(others.map((other) => other.close()));
    await waitFor('the other to vanish', () => (watcher.events.at(-1)?.count === 1 ? true : undefined));
    expect(watcher.events.at(-1)).toEqual({ type: 'presence', users: ['zoe'], count: 1 });
    await watcher.close();
  });

  it('WHEN a member reads nothing THEN it is closed for the sake of the others, which get everything', async () => {
    const slow = await connect('/chat/slow?username=slow');
    slow.socket.pause();
    const quick = await connect('/chat/slow?username=quick');
    const text = 'x'.repeat(1_000);
    let sent = 0;
    await waitFor(
      'the slow one to be closed',
      async () => {
        for (let count = 0; count < 500; count += 1, sent += 1) quick.send(text);
        await waitFor('the quick one to have all', () => messagesOf(quick) === sent || undefined);
        return (await metric('tidegate_slow_clients_total')) === 'tidegate_slow_clients_total 1' || undefined;
      },
      { seconds: 30, everyMilliseconds: 1 },
    );
    slow.socket.resume();
    expect((await slow.closed).code).toBe(1013);
    expect(quick.socket.readyState).toBe(quick.socket.OPEN);
    await quick.close();
  });
});

describe('GIVEN the HTTP side', () => {
  it('WHEN the probes are asked THEN they tell that all is well', async () => {
    const health = await fetch(`${server.address.url}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    const ready = await fetch(`${server.address.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      backends: { postgres: { status: 'up' } },
    });
  });

  it('WHEN the page is asked for THEN it allows nothing but its own files', async () => {
    const page = await fetch(`${server.address.url}/`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  });
});

function messagesOf(client: TestClient): number {
  return client.events.filter(({ type }) => type === 'message').length;
}
