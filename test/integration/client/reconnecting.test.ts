import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reconnectsAfter } from '../../../src/client/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { connect } from './recorded-socket.ts';
import { startSilentServer, TestServer } from './test-server.ts';

/** Nothing listens there. */
const NOBODY = 'ws://127.0.0.1:1';

let server: TestServer;

beforeEach(async () => {
  server = await TestServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

describe('GIVEN a connection that is lost', () => {
  it('WHEN the server is there THEN it connects again and goes on', async () => {
    using client = connect(server.url);
    await client.opened();
    server.served[0]?.close(1012, 'restart');
    await client.opened();
    server.served[1]?.send('welcome back');
    expect(await client.next('message')).toBe('welcome back');
    expect(client.events).toEqual([
      ['state', 'open'],
      ['state', 'waiting'],
      ['reconnecting', { attempt: 1, delayMs: expect.any(Number), code: 1012, reason: 'restart' }],
      ['state', 'connecting'],
      ['state', 'open'],
      ['message', 'welcome back'],
    ]);
  });

  it('WHEN the server advises a delay THEN it waits that long', async () => {
    using client = connect(server.url);
    await client.opened();
    const started = performance.now();
    server.served[0]?.close(1012, 'The server is draining; retry-after-ms=120');
    expect(await client.next('reconnecting')).toMatchObject({ attempt: 1, delayMs: 120 });
    await client.opened();
    expect(performance.now() - started).toBeGreaterThan(115);
  });

  it('WHEN connections do not hold THEN the attempts add up', async () => {
    server.serve = (socket) => socket.close(1011);
    using client = connect(server.url, { stableAfterMs: 60_000 });
    const third = await client.next('reconnecting', ({ attempt }) => attempt === 3);
    expect(third).toMatchObject({ code: 1011 });
  });

  it('WHEN a connection has held THEN the attempts are counted anew', async () => {
    server.serve = (socket) => void setTimeout(() => socket.close(1011), 30);
    using client = connect(server.url, { stableAfterMs: 1 });
    await client.next('reconnecting');
    await client.next('reconnecting');
    expect(client.of('reconnecting')).toMatchObject([{ attempt: 1 }, { attempt: 1 }]);
  });

  it('WHEN it is closed while it waits THEN it does not connect again', async () => {
    using client = connect(server.url);
    await client.opened();
    server.served[0]?.close(1012, 'retry-after-ms=20');
    await client.next('reconnecting');
    client.socket.close();
    // A client that came later than ours would have: nobody came in between.
    using later = connect(server.url, { baseDelayMs: 0 });
    await later.opened();
    server.served[1]?.close(1012, 'retry-after-ms=40');
    await later.opened();
    expect([client.socket.state, server.served.length]).toEqual(['closed', 3]);
  });

  it('WHEN it is closed as it tells that it waits THEN the close is the last that is heard', async () => {
    using client = connect(server.url);
    await client.opened();
    client.socket.on('state', (state) => {
      if (state === 'waiting') client.socket.close();
    });
    server.served[0]?.terminate();
    await client.next('close');
    expect(client.events.slice(1)).toEqual([
      ['state', 'waiting'],
      ['state', 'closed'],
      ['close', { code: 1000, reason: '' }],
    ]);
  });
});

describe('GIVEN a close that may be final', () => {
  it.each([
    [1000, 'done'],
    [1008, 'not allowed'],
  ])('WHEN it is %i THEN the client stays closed', async (code, reason) => {
    server.serve = (socket) => socket.close(code, reason);
    using client = connect(server.url);
    expect(await client.next('close')).toEqual({ code, reason });
    expect([client.events, server.served.length]).toEqual([
      [
        ['state', 'open'],
        ['state', 'closed'],
        ['close', { code, reason }],
      ],
      1,
    ]);
  });

  it.each([1001, 1006, 1011, 1012, 1013, 4000])('WHEN it is %i THEN the default is to come back', (code) => {
    expect(reconnectsAfter(code)).toBe(true);
  });

  it('WHEN the application decides THEN its rule holds, with code and reason', async () => {
    server.serve = (socket, count) =>
      count === 1 ? socket.close(1000, 'moved') : socket.close(4001, 'banned');
    const asked: unknown[] = [];
    using client = connect(server.url, {
      shouldReconnect: (code, reason) => {
        asked.push([code, reason]);
        return code !== 4001;
      },
    });
    expect(await client.next('close')).toEqual({ code: 4001, reason: 'banned' });
    expect([asked, server.served.length]).toEqual([
      [
        [1000, 'moved'],
        [4001, 'banned'],
      ],
      2,
    ]);
  });
});

describe('GIVEN attempts that fail', () => {
  it('WHEN maxRetries have failed THEN it gives up with what it met last', async () => {
    using client = connect(NOBODY, { maxRetries: 2 });
    expect(await client.next('close')).toEqual({ code: 1006, reason: '' });
    expect(client.of('reconnecting')).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
  });

  it('WHEN maxRetries is 0 THEN one loss is the end', async () => {
    using client = connect(server.url, { maxRetries: 0 });
    await client.opened();
    server.served[0]?.close(1012);
    expect(await client.next('close')).toEqual({ code: 1012, reason: '' });
  });

  it('WHEN nobody answers THEN the attempt ends at the time-out and lets go of the connection', async () => {
    await using silent = await startSilentServer();
    using client = connect(silent.url, { connectTimeoutMs: 50, maxRetries: 1 });
    expect(await client.next('close')).toEqual({ code: 1006, reason: 'No connection within 50 ms' });
    expect(client.of('reconnecting')).toMatchObject([{ attempt: 1, reason: 'No connection within 50 ms' }]);
    await waitFor('both connections to end', () => (silent.left() >= 2 ? true : undefined), {
      everyMilliseconds: 5,
    });
  });

  it('WHEN it is closed while nobody answers THEN it lets go of the connection', async () => {
    await using silent = await startSilentServer();
    using client = connect(silent.url);
    const soon = { everyMilliseconds: 5 };
    await waitFor('the connection', () => (silent.came() > 0 ? true : undefined), soon);
    client.socket.close();
    await waitFor('the connection to end', () => (silent.left() > 0 ? true : undefined), soon);
    expect(client.events).toEqual([
      ['state', 'closed'],
      ['close', { code: 1000, reason: '' }],
    ]);
  });
});

describe('GIVEN an address that is a function', () => {
  it('WHEN it answers later THEN it is asked before each attempt', async () => {
    let count = 0;
    using client = connect(async () => {
      count += 1;
      return `${server.url}/?token=${count}`;
    });
    await client.opened();
    server.served[0]?.terminate();
    await client.opened();
    expect(server.requests.map(({ url }) => url)).toEqual(['/?token=1', '/?token=2']);
  });

  const failure = new Error('No token today');
  it.each([
    [
      'throws',
      failure,
      () => {
        throw failure;
      },
    ],
    ['rejects', failure, () => Promise.reject(failure)],
    ['gives no WebSocket address', expect.any(DOMException), () => 'ftp://127.0.0.1'],
  ])('WHEN it %s THEN that is a failed attempt, and the next one may work', async (_, cause, fail) => {
    let count = 0;
    using client = connect(() => {
      count += 1;
      return count < 3 ? fail() : server.url;
    });
    await client.opened();
    const reason = 'The url function failed or gave no WebSocket address';
    expect(client.of('reconnecting')).toEqual([
      { attempt: 1, delayMs: expect.any(Number), code: 1006, reason, cause },
      { attempt: 2, delayMs: expect.any(Number), code: 1006, reason, cause },
    ]);
  });

  it('WHEN it always fails THEN maxRetries counts', async () => {
    using client = connect(() => Promise.reject(failure), { maxRetries: 1 });
    expect(await client.next('close')).toMatchObject({ code: 1006, cause: failure });
  });

  it('WHEN it never answers THEN its signal is aborted at the time-out', async () => {
    const signals: AbortSignal[] = [];
    const address = (signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<string>(() => {});
    };
    using client = connect(address, { connectTimeoutMs: 20, maxRetries: 1 });
    await client.next('close');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('WHEN it answers after the client was closed THEN nobody connects', async () => {
    let answer = (_: string) => {};
    const asked = new Promise<string>((resolve) => {
      answer = resolve;
    });
    const client = connect(() => asked);
    client.socket.close();
    answer(server.url);
    using other = connect(server.url);
    await other.opened();
    expect(server.served).toHaveLength(1);
  });
});
