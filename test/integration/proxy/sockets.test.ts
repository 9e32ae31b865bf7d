import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { RunningServer } from '../../../src/server/index.ts';
import { startReplica } from '../server/replica.ts';
import { closed, exchange, openSocket } from './client.ts';
import { HOST, NginxProcess } from './nginx-process.ts';
import { type Recorder, startRecorder } from './recorder.ts';

/** Makes sockets that are silent for more than 5 s be cut. */
const SETTINGS = { ping: { intervalSeconds: 1 } };

let server: RunningServer;
let silent: Recorder;
let pinged: NginxProcess;
let unpinged: NginxProcess;

beforeAll(async () => {
  [server, silent] = await Promise.all([startReplica(SETTINGS), startRecorder()]);
  [pinged, unpinged] = await Promise.all([
    NginxProcess.start(
      { tls: true, serverNames: [HOST], upstreams: [`127.0.0.1:${server.address.port}`] },
      SETTINGS,
    ),
    NginxProcess.start({ upstreams: [silent.address] }, SETTINGS),
  ]);
});
afterAll(async () => {
  await Promise.all([pinged.stop(), unpinged.stop()]);
  await Promise.all([server.drain(), silent.close()]);
});

const secure = (path: string) =>
  openSocket(`wss://127.0.0.1:${pinged.httpsPort}${path}`, {
    ca: pinged.ca,
    servername: HOST,
    headers: { host: HOST },
  });
const plain = (path: string) => openSocket(`ws://127.0.0.1:${unpinged.httpPort}${path}`);

describe('GIVEN a server behind nginx', () => {
  it('WHEN a client connects over TLS THEN it talks with the server', async () => {
    const socket = await secure('/ws');
    expect(await exchange(socket, 'hello')).toBe('hello');
    socket.close();
    expect(await closed(socket)).toBe(1005);
  });

  it('WHEN sockets are silent for longer than the timeout THEN who is pinged lives, and who is not is cut', async () => {
    const older = await secure('/ws');
    const opened = performance.now();
    const cut = await plain('/ws?token=secret');
    expect(await closed(cut)).toBe(1006);
    const heldSeconds = (performance.now() - opened) / 1_000;
    expect(heldSeconds).toBeGreaterThan(4.5);
    expect(heldSeconds).toBeLessThan(8);
    expect(older.readyState).toBe(WebSocket.OPEN);
    expect(await exchange(older, 'still here')).toBe('still here');
    older.close();
    await closed(older);
  });

  it('WHEN a socket was cut THEN neither log has its token', async () => {
    await unpinged.accessLine('the socket', ({ upgrade }) => upgrade === 'websocket');
    expect(unpinged.log('access.log') + unpinged.log('error.log')).not.toContain('secret');
  });

  it('WHEN a token is in the query THEN the server gets path and query as they were sent', async () => {
    const socket = await plain('/rooms/a%2Fb%20c?token=a%20secret&x=%3F');
    socket.close();
    expect(silent.requests.at(-1)).toMatchObject({ url: '/rooms/a%2Fb%20c?token=a%20secret&x=%3F' });
  });

  it('WHEN nginx reads its configuration again THEN a socket lives on, and new ones are taken', async () => {
    const older = await secure('/ws');
    await pinged.reload();
    const newer = await secure('/ws');
    expect(await Promise.all([exchange(older, 'old'), exchange(newer, 'new')])).toEqual(['old', 'new']);
    for (const socket of [older, newer]) socket.close();
    await Promise.all([closed(older), closed(newer)]);
  });

  it('WHEN a message is as large as the server allows THEN it passes in both directions', async () => {
    const socket = await secure('/ws');
    const text = 'x'.repeat(65_536);
    expect(await exchange(socket, text)).toBe(text);
    socket.close();
    await closed(socket);
  });

  it('WHEN the server refuses a handshake THEN the client gets its status', async () => {
    await expect(secure('/nothing-here')).rejects.toThrow('404');
    await expect(secure('/secure/ws')).rejects.toThrow('401');
  });

  it('WHEN the handshake is for what is not shown outside THEN it is not found', async () => {
    await expect(secure('/metrics')).rejects.toThrow('404');
  });
});

describe('GIVEN a limit of connections', () => {
  it('WHEN an address has as many sockets THEN the next gets 429 until one is closed', async () => {
    const limited = await NginxProcess.start({ upstreams: [silent.address], connectionsPerAddress: 1 });
    const open = () => openSocket(`ws://127.0.0.1:${limited.httpPort}/ws?token=secret`);
    try {
      const first = await open();
      await expect(open()).rejects.toThrow('429');
      first.close();
      await limited.accessLine('the end of the first', ({ status }) => status === 101);
      const second = await open();
      expect(await exchange(second, 'my turn')).toBe('my turn');
      second.terminate();
      expect(limited.log('access.log') + limited.log('error.log')).not.toContain('secret');
    } finally {
      await limited.stop();
    }
  });
});
