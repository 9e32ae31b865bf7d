import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Disconnect,
  HttpError,
  InvalidMessage,
  loadSettings,
  type RealtimeApp,
  realtime,
} from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { HandshakeRefused, TestClient } from './client.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'tidegate-application-'));
const outcomes: string[] = [];
const logged: { msg: string; err?: { message: string } }[] = [];

let app: RealtimeApp;
let url: string;
const connect = (path: string) => TestClient.connect(url + path);
const statusOf = async (path: string) => {
  const error = await connect(path).catch((reason: unknown) => reason);
  return error instanceof HandshakeRefused ? error.status : error;
};

/** An application as a team writes it: one handler for each thing that can go right or wrong. */
function endpoints(): void {
  app.websocket('/greet/:name', async (socket, { params, query, user }) => {
    await socket.accept();
    socket.sendJson({ name: params.name, title: query.title, user: user ?? null });
  });
  app.websocket('/never-accepted', async () => {});
  app.websocket('/rejected', async () => {
    throw new HttpError(418, 'No coffee here');
  });
  app.websocket('/fails-before', async () => {
    throw new Error('before');
  });
  app.websocket('/fails-after', async (socket) => {
    await socket.accept();
    throw new Error('after');
  });
  app.websocket('/sends-before', async (socket) => socket.sendText('too early'));
  app.websocket('/json', async (socket) => {
    await socket.accept();
    for (;;) socket.sendJson([await socket.receiveJson()]);
  });
  app.websocket('/forgiving', async (socket) => {
    await socket.accept();
    const error = await socket.receiveJson().catch((reason: unknown) => reason);
    socket.close(4000, error instanceof InvalidMessage ? `forgiven ${'ü'.repeat(100)}` : 'fine');
  });
  app.websocket('/waits', async (socket) => {
    await socket.accept();
    const error = await socket.receiveText().catch((reason: unknown) => reason);
    outcomes.push(error instanceof Disconnect ? 'closed' : 'something else');
    socket.sendText('to nobody');
  });
  app.websocket('/order', async (socket) => {
    await socket.accept();
    const room = app.room('order');
    await room.join(socket, { as: 'someone' });
    socket.sendText('1 direct');
    await room.broadcast('2 room');
    socket.sendText('3 direct');
    await room.broadcast('4 room');
    await room.broadcast('5 room');
    socket.close(1000, 'after all that');
  });
}

beforeAll(async () => {
  const settings = loadSettings({
    env: {},
    overrides: { source: 'the test', settings: { dataDirectory, ping: { intervalSeconds: 1 } } },
  });
  const log = pino({ level: 'error' }, { write: (line) => void logged.push(JSON.parse(line)) });
  app = realtime({ settings: { ...settings, port: 0 }, log });
  endpoints();
  ({ url } = await app.listen());
  await app.whenReady();
});
afterAll(async () => {
  await app.drain();
  rmSync(dataDirectory, { recursive: true, force: true });
});

describe('GIVEN an application with its own endpoints', () => {
  it('WHEN a handler answers and returns THEN its answer arrives before the close with 1000', async () => {
    const client = await connect('/greet/Ada%20L?title=Countess');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.events).toEqual([{ name: 'Ada L', title: 'Countess', user: null }]);
  });

  it('WHEN a handler does not accept THEN the client gets an HTTP status', async () => {
    expect(await Promise.all(['/never-accepted', '/rejected', '/fails-before'].map(statusOf))).toEqual([
      403, 418, 500,
    ]);
  });

  it('WHEN a handler fails THEN the client is closed with 1011, and the error is logged', async () => {
    logged.splice(0);
    const client = await connect('/fails-after');
    expect(await client.closed).toEqual({ code: 1011, reason: 'Internal error' });
    expect(logged).toMatchObject([{ msg: 'A handler failed', err: { message: 'after' } }]);
  });

  it('WHEN a handler sends before it accepts THEN it is told so', async () => {
    logged.splice(0);
    expect(await statusOf('/sends-before')).toBe(500);
    expect(logged).toMatchObject([
      { err: { message: 'The socket was not accepted yet: await accept() comes first' } },
    ]);
  });

  it('WHEN a message is not JSON where it must be THEN 1007 is the default, and the handler may decide', async () => {
    const strict = await connect('/json');
    strict.send('{"a":1}');
    strict.send('{a');
    expect(await strict.closed).toEqual({ code: 1007, reason: 'The message is not valid JSON' });
    expect(strict.texts).toEqual(['[{"a":1}]']);
    const forgiving = await connect('/forgiving');
    forgiving.send('{a');
    const { code, reason } = await forgiving.closed;
    expect([code, reason.startsWith('forgiven üüü'), Buffer.byteLength(reason) <= 123]).toEqual([
      4000,
      true,
      true,
    ]);
  });

  it('WHEN the client goes while a handler waits THEN the handler ends, and nothing is logged', async () => {
    logged.splice(0);
    const client = await connect('/waits');
    await client.close();
    await waitFor('the handler to end', () => outcomes.length > 0 || undefined);
    expect([outcomes, logged]).toEqual([['closed'], []]);
  });

  it('WHEN direct messages and those of a room alternate THEN they arrive in the order of the calls', async () => {
    const client = await connect('/order');
    expect(await client.closed).toEqual({ code: 1000, reason: 'after all that' });
    expect(client.texts).toEqual(['1 direct', '2 room', '3 direct', '4 room', '5 room']);
  });
});

describe('GIVEN clients that are pinged every second', () => {
  it('WHEN one does not answer THEN it is cut off, and one that answers stays', async () => {
    const [deaf, well] = await Promise.all([connect('/waits'), connect('/waits')]);
    const pings: number[] = [];
    well.socket.on('ping', () => pings.push(performance.now()));
    deaf.socket.pause();
    const metrics = async () => (await fetch(`${url}/metrics`)).text();
    await waitFor(
      'the deaf one to be cut off',
      async () => (await metrics()).includes('\ntidegate_dead_clients_total 1\n') || undefined,
    );
    await waitFor('three pings', () => pings.length >= 3 || undefined);
    expect(well.socket.readyState).toBe(well.socket.OPEN);
    deaf.socket.terminate();
    await well.close();
  });
});

describe('GIVEN a handshake that is not one', () => {
  it('WHEN its headers are wrong THEN it gets 400 and the server goes on', async () => {
    const answer = await new Promise<string>((resolve) => {
      const wire = connectTcp(Number(new URL(url).port), '127.0.0.1', () =>
        wire.write('GET /waits HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
      );
      let text = '';
      wire.on('data', (data) => {
        text += data;
      });
      wire.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    const client = await connect('/waits');
    await client.close();
  });
});
