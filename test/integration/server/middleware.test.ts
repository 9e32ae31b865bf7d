import { connect as connectTcp } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RealtimeApp } from '../../../src/server/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';
import { type HandshakeRefused, refusedHandshake, TestClient } from './client.ts';
import { redis } from './stores/redis.ts';
import type { StoreProcess } from './stores/store-process.ts';
import { TestApp } from './test-app.ts';

const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
].join('\r\n');

const running: TestApp[] = [];
const heard: string[] = [];
const waiting: (() => void)[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));

async function start(settings: object): Promise<TestApp> {
  const server = await TestApp.start(endpoints, settings);
  running.push(server);
  return server;
}

function endpoints(app: RealtimeApp): void {
  app.websocket('/echo', async (socket) => {
    await socket.accept();
    for await (const text of socket.texts()) socket.sendText(text);
  });
  app.websocket('/sink', async (socket) => {
    await socket.accept();
    for await (const text of socket.texts()) heard.push(text);
  });
  app.http.get('/held', async () => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return {};
  });
  app.http.get('/hello/:name', async () => ({ hello: 'you' }));
}

/** Statuses of handshakes, one after the other; those that are let in stay. */
async function handshakes(server: TestApp, count: number, headers = {}): Promise<(number | TestClient)[]> {
  const answers: (number | TestClient)[] = [];
  for (let index = 0; index < count; index += 1) {
    answers.push(
      await TestClient.connect(`${server.url}/echo`, headers).catch(
        (error: HandshakeRefused) => error.status,
      ),
    );
  }
  return answers;
}
const shown = (answers: readonly (number | TestClient)[]) =>
  answers.map((answer) => (answer instanceof TestClient ? 101 : answer));
const get = (server: TestApp, path: string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, { headers });

describe('GIVEN the defaults', () => {
  it('WHEN requests and sockets come THEN none is limited, and nothing but the start is logged', async () => {
    const server = await start({});
    const answers = await Promise.all(Array.from({ length: 50 }, () => get(server, '/hello/a')));
    const sockets = await handshakes(server, 20);
    expect([new Set(answers.map(({ status }) => status)), new Set(shown(sockets))]).toEqual([
      new Set([200]),
      new Set([101]),
    ]);
    expect(Number(answers[0]?.headers.get('x-process-time'))).toBeGreaterThan(0);
    expect(server.logged.filter(({ msg }) => msg !== 'postgres is up')).toEqual([]);
  });

  it('WHEN they are scraped THEN requests and handshakes are counted by pattern and status', async () => {
    const server = await start({});
    await Promise.all(['/hello/a', '/hello/b', '/nowhere/1', '/nowhere/2'].map((path) => get(server, path)));
    await handshakes(server, 2);
    await refusedHandshake(`${server.url}/nowhere`);
    const metrics = await (await get(server, '/metrics')).text();
    const counts = metrics
      .split('\n')
      .filter((line) => /_(http_request|handshake)_duration_seconds_count/.test(line));
    expect(counts.sort()).toEqual([
      'tidegate_handshake_duration_seconds_count{route="/echo",status="101"} 2',
      'tidegate_handshake_duration_seconds_count{route="none",status="404"} 1',
      'tidegate_http_request_duration_seconds_count{method="GET",route="/hello/:name",status="200"} 2',
      'tidegate_http_request_duration_seconds_count{method="GET",route="none",status="404"} 2',
    ]);
  });
});

describe('GIVEN the access log', () => {
  it('WHEN a request and a socket end THEN each is one line, without the query', async () => {
    const server = await start({ logging: { access: true } });
    await get(server, '/hello/a?token=precious', { 'X-Request-Id': 'request-0001' });
    const client = await TestClient.connect(`${server.url}/echo?token=`).catch(() => undefined);
    const anonymous = await TestClient.connect(`${server.url}/echo?room=precious`);
    anonymous.socket.close(4001);
    const lines = await waitFor('the lines', () => {
      const found = server.logged.filter(({ msg }) => / ended$/.test(msg));
      return found.length === 3 ? found : undefined;
    });
    expect(client).toBeUndefined();
    expect(lines).toMatchObject([
      {
        kind: 'http',
        method: 'GET',
        path: '/hello/a',
        status: 200,
        ip: '127.0.0.1',
        requestId: 'request-0001',
      },
      { kind: 'websocket', path: '/echo', status: 401 },
      { kind: 'websocket', path: '/echo', status: 101, closeCode: 4001, ip: '127.0.0.1' },
    ]);
    expect(JSON.stringify(lines)).not.toContain('precious');
  });
});

describe('GIVEN a client that goes before it is answered', () => {
  it('WHEN its handler is done THEN the request has ended, without a status', async () => {
    const server = await start({ logging: { access: true } });
    const gone = new AbortController();
    const answer = fetch(`${server.url}/held`, { signal: gone.signal }).catch(() => 'gone');
    await waitFor('the handler', () => (waiting.length === 1 ? true : undefined));
    gone.abort();
    expect(await answer).toBe('gone');
    const open = () => promisify(server.app.http.server.getConnections.bind(server.app.http.server))();
    await waitFor('its end', async () => ((await open()) === 0 ? true : undefined));
    const ended = () => server.logged.filter(({ msg }) => msg === 'A request ended');
    expect(ended()).toEqual([]);
    waiting.pop()?.();
    const [line] = await waitFor('the line', () => (ended().length > 0 ? ended() : undefined));
    expect(line).toMatchObject({ path: '/held' });
    expect(line).not.toHaveProperty('status');
    expect(await (await get(server, '/metrics')).text()).toContain(
      'tidegate_http_request_duration_seconds_count{method="GET",route="/held",status="none"} 1',
    );
  });
});

describe('GIVEN limits of connections', () => {
  it('WHEN an address has two THEN the third gets 429, and a free place is given again', async () => {
    const server = await start({ limits: { connectionsPerIp: 2 }, trustedProxies: ['127.0.0.1'] });
    const [first, ...others] = await handshakes(server, 3);
    expect(shown([first as TestClient, ...others])).toEqual([101, 101, 429]);
    expect(shown(await handshakes(server, 1, { 'X-Forwarded-For': '192.0.2.1' }))).toEqual([101]);
    await (first as TestClient).close();
    await waitFor('the free place', async () =>
      shown(await handshakes(server, 1))[0] === 101 ? true : undefined,
    );
  });

  it('WHEN clients go while they wait for the answer THEN their places are free again', async () => {
    const server = await start({ limits: { connectionsPerIp: 1 } });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = 0;
    server.app.use({
      name: 'slow',
      onRequest: ({ headers }) => {
        if (headers['x-slow'] === undefined) return;
        asked += 1;
        return held;
      },
    });
    const { port } = new URL(server.url);
    const wire = connectTcp(Number(port), '127.0.0.1');
    wire.write(`GET /echo HTTP/1.1\r\nHost: x\r\nX-Slow: 1\r\n${UPGRADE}\r\n\r\n`);
    await waitFor('the handshake', () => (asked === 1 ? true : undefined));
    const before = shown(await handshakes(server, 1));
    wire.resetAndDestroy();
    const open = () => promisify(server.app.http.server.getConnections.bind(server.app.http.server))();
    await waitFor('its end', async () => ((await open()) === 0 ? true : undefined));
    release();
    await waitFor('the place', async () =>
      shown(await handshakes(server, 1))[0] === 101 ? true : undefined,
    );
    expect(before).toEqual([429]);
  });
});

describe('GIVEN a limit of handshakes', () => {
  it('WHEN an address makes more than its burst THEN 429 tells when to come back, and HTTP is not limited', async () => {
    const limits = { handshakesPerSecond: 0.01, burstSeconds: 200 };
    const server = await start({ limits, trustedProxies: ['127.0.0.1'] });
    expect(shown(await handshakes(server, 2))).toEqual([101, 101]);
    const asked = performance.now();
    const refusal = await refusedHandshake(`${server.url}/echo`);
    expect(refusal.status).toBe(429);
    expect([refusal.headers['retry-after'], refusal.body.error]).toEqual(['100', 'Too many requests']);
    // It is held for a second: who tries again at once would take more time than by being let in.
    expect(performance.now() - asked).toBeGreaterThanOrEqual(999);
    expect(shown(await handshakes(server, 1, { 'X-Forwarded-For': '192.0.2.1' }))).toEqual([101]);
    expect((await get(server, '/hello/a')).status).toBe(200);
  });
});

describe('GIVEN a pace at which messages are read', () => {
  it('WHEN a client floods THEN all of it is answered in its order, at that pace, and others are served meanwhile', async () => {
    const server = await start({ limits: { readMessagesPerSecond: 1_000 } });
    const flooder = await TestClient.connect(`${server.url}/echo`);
    const other = await TestClient.connect(`${server.url}/echo`);
    const began = performance.now();
    const texts = Array.from({ length: 1_000 }, (_, index) => `${index}`);
    for (const text of texts) flooder.send(text);
    other.send('hello');
    await other.waitForCount(1);
    const behind = texts.length - flooder.texts.length;
    await flooder.waitForCount(texts.length);
    expect(flooder.texts).toEqual(texts);
    // A tenth of a second's worth passes at once; what is more is counted 64 at a time.
    expect(performance.now() - began).toBeGreaterThanOrEqual((1_000 * (1_000 - 100 - 64)) / 1_000);
    expect(behind).toBeGreaterThan(500);
    await Promise.all([flooder.close(), other.close()]);
  });

  it('WHEN long messages come, and pings THEN they count for more', async () => {
    const server = await start({ limits: { readMessagesPerSecond: 1_000 } });
    const client = await TestClient.connect(`${server.url}/echo`);
    const began = performance.now();
    // 100 pings of nine each, and four messages of 256 each.
    for (let count = 0; count < 100; count += 1) client.socket.ping();
    for (let count = 0; count < 4; count += 1) client.send('x'.repeat(8_192));
    await client.waitForCount(4);
    expect(performance.now() - began).toBeGreaterThanOrEqual(100 * 9 + 3 * 256 - 100 - 256);
    await client.close();
  });
});

describe('GIVEN a limit of HTTP requests', () => {
  it('WHEN an address makes more THEN 429, which a page may read; probes and sockets pass', async () => {
    const server = await start({ limits: { requestsPerSecond: 0.1, burstSeconds: 20 } });
    const answers = [];
    for (let index = 0; index < 3; index += 1)
      answers.push(await get(server, '/hello/a', { Origin: 'https://x.org' }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    const last = answers[2] as Response;
    expect([last.headers.get('retry-after'), last.headers.get('access-control-allow-origin')]).toEqual([
      '10',
      '*',
    ]);
    expect((await last.json()).error).toBe('Too many requests');
    expect((await get(server, '/healthz')).status).toBe(200);
    expect(shown(await handshakes(server, 1))).toEqual([101]);
  });
});

describe('GIVEN a limit of messages', () => {
  it('WHEN a client sends more than its burst THEN those before are heard, and it is closed with 1008', async () => {
    const server = await start({ limits: { messagesPerSecond: 1, burstSeconds: 5 } });
    const [fast, calm] = await Promise.all([
      TestClient.connect(`${server.url}/sink`),
      TestClient.connect(`${server.url}/sink`),
    ]);
    for (let index = 0; index < 9; index += 1) fast.send(String(index));
    calm.send('calm');
    expect(await fast.closed).toEqual({ code: 1008, reason: 'Too many messages' });
    await waitFor('the calm one', () => (heard.includes('calm') ? true : undefined));
    expect(heard.toSorted()).toEqual(['0', '1', '2', '3', '4', 'calm']);
    expect(calm.socket.readyState).toBe(calm.socket.OPEN);
  });
});

describe('GIVEN lists of addresses, and a proxy that is trusted', () => {
  it('WHEN clients come through it THEN their own addresses count; probes pass', async () => {
    const server = await start({
      addresses: { allow: ['192.0.2.0/24'], deny: ['192.0.2.66'] },
      trustedProxies: ['127.0.0.0/8'],
    });
    const via = (address: string) => ({ 'X-Forwarded-For': address });
    const addresses = ['192.0.2.1', '192.0.2.66', '198.51.100.1'];
    expect(
      await Promise.all(addresses.map(async (a) => (await get(server, '/hello/a', via(a))).status)),
    ).toEqual([200, 403, 403]);
    expect(
      (await Promise.all(addresses.map((a) => handshakes(server, 1, via(a))))).map((all) => shown(all)[0]),
    ).toEqual([101, 403, 403]);
    expect((await get(server, '/healthz', via('198.51.100.1'))).status).toBe(200);
  });

  it('WHEN one who is no proxy says it is another THEN it is not believed', async () => {
    const server = await start({ addresses: { deny: ['127.0.0.1'] }, trustedProxies: ['10.0.0.0/8'] });
    expect((await get(server, '/hello/a', { 'X-Forwarded-For': '192.0.2.1' })).status).toBe(403);
  });
});

describe('GIVEN the proxies that an environment trusts by default', () => {
  const { trustedProxies } = parse(environment()).spec.route;

  it('WHEN clients come by proxies in the cluster THEN each is limited by the address it has outside', async () => {
    const server = await start({ limits: { connectionsPerIp: 1 }, trustedProxies });
    const statuses = [];
    for (const forwarded of [
      '192.0.2.1',
      '192.0.2.2',
      // What a client says before its proxies say theirs does not count.
      '198.51.100.9, 192.0.2.1, 10.4.0.7, 100.64.3.2',
      '2001:db8:1::1',
      '2001:db8:2::1, fd00::12',
    ]) {
      statuses.push(...shown(await handshakes(server, 1, { 'X-Forwarded-For': forwarded })));
    }
    expect(statuses).toEqual([101, 101, 429, 101, 101]);
  });
});

describe('GIVEN allowed hosts', () => {
  it('WHEN another host is named THEN 421 for both sides; probes pass', async () => {
    const server = await start({ http: { allowedHosts: ['chat.example.com'] } });
    const refusal = await refusedHandshake(`${server.url}/echo`);
    expect([refusal.status, refusal.body.error]).toEqual([
      421,
      'This server is not the host that was asked for',
    ]);
    expect((await get(server, '/hello/a')).status).toBe(421);
    expect((await get(server, '/healthz')).status).toBe(200);
    expect(shown(await handshakes(server, 1, { Host: 'chat.example.com' }))).toEqual([101]);
  });
});

describe('GIVEN rate limits of two replicas with one Redis', () => {
  const PASSWORD = 'the-password-of-the-tests';
  let store: StoreProcess;
  beforeAll(async () => {
    store = await redis(PASSWORD);
    await store.start();
  });
  afterAll(() => store.remove());

  it('WHEN an address asks both THEN they count together; when Redis is away each counts alone', async () => {
    const settings = {
      redis: { host: '127.0.0.1', port: store.port, password: PASSWORD },
      limits: { requestsPerSecond: 0.001, burstSeconds: 4_000 / 2, handshakesPerSecond: 0.001 },
    };
    const replicas = [await start(settings), await start(settings)] as const;
    await Promise.all(replicas.map(({ app }) => app.whenReady()));
    const both = async (times: number) => {
      const statuses: number[] = [];
      for (let index = 0; index < times; index += 1) {
        for (const replica of replicas) statuses.push((await get(replica, '/hello/a')).status);
      }
      return statuses;
    };
    expect(await both(2)).toEqual([200, 200, 429, 429]);
    expect([...shown(await handshakes(replicas[0], 2)), ...shown(await handshakes(replicas[1], 1))]).toEqual([
      101, 101, 429,
    ]);
    await store.stop();
    expect(await both(3)).toEqual([200, 200, 200, 200, 429, 429]);
    await store.start();
    await Promise.all(
      replicas.map((replica) =>
        waitFor('Redis', async () => (await get(replica, '/readyz')).ok || undefined),
      ),
    );
    await waitFor('the shared count', async () =>
      (await get(replicas[0], '/hello/a')).status === 200 ? true : undefined,
    );
  });
});
