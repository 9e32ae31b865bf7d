import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { ReconnectingSocket, type SocketOptions } from '../../../src/client/index.ts';

let server: WebSocketServer;
let url: string;
let client: ReconnectingSocket | undefined;
let served: WebSocket[];
/** What the server does with each client; by default it stays. */
let serve: (socket: WebSocket) => void;

beforeEach(async () => {
  served = [];
  serve = () => {};
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => {
    served.push(socket);
    serve(socket);
  });
  await new Promise((resolve) => server.once('listening', resolve));
  url = `ws://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterEach(() => {
  client?.close();
  for (const socket of server.clients) socket.terminate();
  server.close();
});

/** Connects and takes down every event. */
function connect(options: SocketOptions = {}, address: string | (() => string) = url) {
  const events: unknown[][] = [];
  const socket = new ReconnectingSocket(address, { baseDelayMs: 1, maxDelayMs: 4, ...options });
  client = socket;
  for (const name of ['state', 'message', 'reconnecting', 'close'] as const) {
    socket.on(name, (event) => events.push([name, event]));
  }
  const next = <T>(
    name: 'state' | 'message' | 'reconnecting' | 'close',
    fits: (event: T) => boolean = () => true,
  ) =>
    new Promise<T>((resolve) => {
      const stop = socket.on(name, (event) => {
        if (!fits(event as T)) return;
        stop();
        resolve(event as T);
      });
    });
  return { socket, events, next };
}

const isOpen = (state: string) => state === 'open';

describe('GIVEN a client that is connected', () => {
  it('WHEN both sides talk THEN the messages arrive', async () => {
    serve = (socket) => socket.on('message', (data) => socket.send(`${data} too`));
    const { socket, next } = connect();
    expect([socket.state, socket.send('too early')]).toEqual(['connecting', false]);
    await next('state', isOpen);
    expect(socket.send('hello')).toBe(true);
    expect(await next('message')).toBe('hello too');
  });

  it('WHEN the server closes with 1000 THEN it stays closed', async () => {
    serve = (socket) => socket.close(1000, 'done');
    const { socket, events, next } = connect();
    expect(await next('close')).toEqual({ code: 1000, reason: 'done' });
    expect([socket.state, served.length]).toEqual(['closed', 1]);
    expect(events).toEqual([
      ['state', 'open'],
      ['state', 'closed'],
      ['close', { code: 1000, reason: 'done' }],
    ]);
  });

  it('WHEN it closes by itself THEN the server sees 1000 and no event follows but the close', async () => {
    const { socket, events, next } = connect();
    await next('state', isOpen);
    const seen = new Promise((resolve) =>
      served[0]?.on('close', (code, reason) => resolve([code, String(reason)])),
    );
    socket.close('bye');
    socket.close('again');
    expect(await seen).toEqual([1000, 'bye']);
    expect(events.slice(1)).toEqual([
      ['state', 'closed'],
      ['close', { code: 1000, reason: 'bye' }],
    ]);
  });
});

describe('GIVEN a connection that is lost', () => {
  it('WHEN the server is there THEN it connects again and goes on', async () => {
    const { events, next } = connect();
    await next('state', isOpen);
    served[0]?.close(1012, 'restart');
    await next('state', isOpen);
    served[1]?.send('welcome back');
    expect(await next('message')).toBe('welcome back');
    expect(events).toEqual([
      ['state', 'open'],
      ['state', 'waiting'],
      ['reconnecting', { attempt: 1, delayMs: expect.any(Number), code: 1012, reason: 'restart' }],
      ['state', 'connecting'],
      ['state', 'open'],
      ['message', 'welcome back'],
    ]);
  });

  it('WHEN the server advises a delay THEN it waits that long', async () => {
    const { next } = connect();
    await next('state', isOpen);
    const started = performance.now();
    served[0]?.close(1012, 'The server is draining; retry-after-ms=120');
    expect(await next('reconnecting')).toMatchObject({ attempt: 1, delayMs: 120 });
    await next('state', isOpen);
    expect(performance.now() - started).toBeGreaterThan(115);
  });

  it('WHEN connections do not hold THEN the attempts add up', async () => {
    serve = (socket) => socket.close(1011);
    const { next } = connect({ stableAfterMs: 60_000 });
    expect(await next<{ attempt: number }>('reconnecting', ({ attempt }) => attempt === 3)).toMatchObject({
      code: 1011,
    });
  });

  it('WHEN a connection has held THEN the attempts are counted anew', async () => {
    serve = (socket) => void setTimeout(() => socket.close(1011), 30);
    const { events, next } = connect({ stableAfterMs: 1 });
    await next('reconnecting');
    await next('reconnecting');
    const attempts = events.filter(([name]) => name === 'reconnecting').map(([, event]) => event);
    expect(attempts).toMatchObject([{ attempt: 1 }, { attempt: 1 }]);
  });

  it('WHEN maxRetries attempts have failed THEN it gives up with what it met last', async () => {
    const { events, next } = connect({ maxRetries: 2 }, 'ws://127.0.0.1:1');
    expect(await next('close')).toEqual({ code: 1006, reason: '' });
    expect(events.filter(([name]) => name === 'reconnecting')).toHaveLength(2);
  });

  it('WHEN the address is a function THEN it is asked before each attempt', async () => {
    const urls: string[] = [];
    server.on('connection', (_, request) => urls.push(request.url ?? ''));
    let count = 0;
    const { next } = connect({}, () => {
      count += 1;
      return `${url}/?token=${count}`;
    });
    await next('state', isOpen);
    served[0]?.terminate();
    await next('state', isOpen);
    expect(urls).toEqual(['/?token=1', '/?token=2']);
  });

  it('WHEN it is closed while it waits THEN it does not connect again', async () => {
    const { socket, next } = connect({}, url);
    await next('state', isOpen);
    served[0]?.close(1012, 'retry-after-ms=20');
    await next('reconnecting');
    socket.close();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([socket.state, served.length]).toEqual(['closed', 1]);
  });
});
