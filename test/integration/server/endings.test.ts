import { once } from 'node:events';
import { connect, type Socket as TcpSocket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Disconnect } from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { frame, OPCODE } from '../../fuzz/frames.ts';
import { handshakeFor } from '../../fuzz/handshake.ts';
import { Random } from '../../fuzz/random.ts';
import { metric } from '../../fuzz/server-under-test.ts';
import { TestApp } from './test-app.ts';

const random = new Random(1);
const text = (message: string) => frame(random, OPCODE.text, Buffer.from(message));
const close = (code: number) => frame(random, OPCODE.close, Buffer.of(code >> 8, code & 0xff));

let server: TestApp;
let port: number;
/** Each is let go on by a test. */
const waiting: (() => void)[] = [];
const turn = () => new Promise<void>((resolve) => waiting.push(resolve));
const reached = () => waitFor('the handler', () => waiting.shift(), { everyMilliseconds: 5 });
const outcomes: unknown[] = [];

beforeAll(async () => {
  server = await TestApp.start(
    (app) => {
      app.websocket('/slowly-allowed', { allow: () => turn().then(() => true) }, (socket) => socket.accept());
      app.websocket('/accepted-late', async (socket) => {
        await turn();
        outcomes.push(await socket.accept().catch((error: unknown) => error));
      });
      app.websocket('/one-only', async (socket) => {
        await socket.accept();
        await socket.receiveText();
      });
      app.websocket('/reads-late', async (socket) => {
        await socket.accept();
        await turn();
        let count = 0;
        for await (const _ of socket) count += 1;
        outcomes.push(count);
      });
      app.websocket('/sends-late', async (socket) => {
        await socket.accept();
        await socket.receiveText();
        try {
          for (;;) {
            socket.sendText('x');
            await nextTurn();
          }
        } catch (error) {
          outcomes.push(error);
        }
      });
    },
    { trustedProxies: ['127.0.0.1'], addresses: { deny: ['192.0.2.0/24'] } },
  );
  port = Number(new URL(server.url).port);
});
afterAll(() => server.stop());

async function client(...bytes: readonly Buffer[]): Promise<TcpSocket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (bytes.length > 0) await new Promise((resolve) => socket.write(Buffer.concat(bytes), resolve));
  return socket;
}

/** The server's end of the next connection. */
function nextWire(): Promise<TcpSocket> {
  return new Promise((resolve) => server.app.http.server.prependOnceListener('connection', resolve));
}

const nobody = () =>
  waitFor(
    'all to be gone',
    async () => (await metric(server.url, 'tidegate_connections')) === 0 || undefined,
  );

describe('GIVEN a client that goes while it is decided on', () => {
  it('WHEN it resets the connection THEN it is not counted for ever', async () => {
    const accepted = nextWire();
    const socket = await client(handshakeFor('/slowly-allowed'));
    const letIn = await reached();
    const wire = await accepted;
    const reset = new Promise<void>((resolve) => wire.once('close', () => resolve()));
    socket.resetAndDestroy();
    await reset;
    letIn();
    await nobody();
  });

  it('WHEN it ends its half of it before it is accepted THEN the handler learns that it has gone', async () => {
    const wire = nextWire();
    const socket = await client(handshakeFor('/accepted-late'));
    const accept = await reached();
    const end = once(await wire, 'end');
    socket.end();
    await end;
    accept();
    socket.resume();
    await once(socket, 'close');
    expect(outcomes.pop()).toBeInstanceOf(Disconnect);
    await nobody();
  });

  it('WHEN its address cannot be found out any more THEN nothing is logged as an error', async () => {
    for (let count = 0; count < 20; count += 1) {
      const socket = await client();
      socket.write(handshakeFor('/one-only'));
      socket.resetAndDestroy();
    }
    await nobody();
    expect(server.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('GIVEN messages that wait', () => {
  it('WHEN nobody will read them THEN the answer to the close is seen behind them, and the connection ends', async () => {
    const many = Array.from({ length: 400 }, () => text('x'));
    const socket = await client(handshakeFor('/one-only'), ...many, close(1000));
    const began = performance.now();
    socket.resume();
    await once(socket, 'close');
    // The server would cut it off after five seconds.
    expect(performance.now() - began).toBeLessThan(4_000);
    await nobody();
  });

  it('WHEN the connection is reset THEN what had been read off it reaches the handler', async () => {
    const accepted = nextWire();
    const handshake = handshakeFor('/reads-late');
    const socket = await client(handshake, ...Array.from({ length: 256 }, () => text('x')));
    const read = await reached();
    await new Promise((resolve) => socket.write(Buffer.concat(Array(2_000).fill(text('y'))), resolve));
    const wire = await accepted;
    const all = handshake.length + 2_256 * text('x').length;
    await waitFor('all to be read', () => wire.bytesRead === all || undefined, { everyMilliseconds: 5 });
    wire.once('error', () => read());
    socket.resetAndDestroy();
    expect(await waitFor('the handler to end', () => outcomes.pop())).toBe(2_256);
  });
});

describe('GIVEN a client that closes with a code', () => {
  it('WHEN something is sent right after THEN the error tells that code', async () => {
    await client(handshakeFor('/sends-late'), text('go'), close(4001));
    expect(await waitFor('the handler to end', () => outcomes.pop())).toMatchObject({ code: 4001 });
  });
});

describe('GIVEN a client that says nothing', () => {
  it('WHEN it comes in the middle of a drain THEN the drain does not wait for it', async () => {
    let hooked = () => {};
    const closing = new Promise<void>((resolve) => {
      hooked = resolve;
    });
    let goOn = () => {};
    const draining = await TestApp.start((app) => {
      app.http.addHook('preClose', () => {
        hooked();
        return new Promise<void>((resolve) => {
          goOn = resolve;
        });
      });
    });
    const drained = draining.stop();
    await closing;
    const socket = connect({ port: Number(new URL(draining.url).port), host: '127.0.0.1' });
    await once(socket, 'connect');
    goOn();
    await drained;
    socket.destroy();
  });
});
