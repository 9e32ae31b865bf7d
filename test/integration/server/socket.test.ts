import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { Disconnect, NotAccepted } from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from './client.ts';
import { TestApp } from './test-app.ts';

const Bid = z.object({ amount: z.number().positive() });
const outcomes: unknown[] = [];
let server: TestApp;

beforeAll(async () => {
  server = await TestApp.start((app) => {
    app.websocket('/mixed', async (socket) => {
      await socket.accept();
      for await (const message of socket) {
        if (typeof message === 'string') socket.sendText(`text of ${message.length}`);
        else socket.sendBytes(message.toReversed());
      }
      outcomes.push('ended');
    });
    app.websocket('/text', async (socket) => {
      await socket.accept();
      socket.sendText(await socket.receiveText());
    });
    app.websocket('/bytes', async (socket) => {
      await socket.accept();
      socket.sendBytes(await socket.receiveBytes());
    });
    app.websocket('/bid', async (socket) => {
      await socket.accept();
      for (;;) socket.sendJson({ doubled: (await socket.receiveJson(Bid)).amount * 2 });
    });
    app.websocket('/chosen', async (socket) => {
      await socket.accept({ subprotocol: 'v2', headers: { 'X-Served-By': 'here' } });
      socket.sendText(socket.subprotocol);
    });
    app.websocket('/disconnect', async (socket) => {
      await socket.accept();
      const error = await socket.receiveText().catch((reason: unknown) => reason);
      outcomes.push(error);
      outcomes.push(await socket.receiveText().catch((reason: unknown) => reason));
      socket.sendText('to nobody');
      outcomes.push('never reached');
    });
    app.websocket('/closes', async (socket) => {
      await socket.accept();
      socket.sendText('before');
      socket.close(4001, 'enough');
      socket.close(4002, 'twice');
      try {
        socket.sendText('after');
      } catch (error) {
        outcomes.push(error);
      }
    });
    app.websocket('/early', async (socket) => {
      const early = [
        () => socket.sendText('x'),
        () => socket.sendBytes(Buffer.of(1)),
        () => socket.sendJson(1),
      ];
      for (const send of early) {
        try {
          send();
        } catch (error) {
          outcomes.push(error);
        }
      }
      for (const receive of [socket.receiveText(), socket.receiveBytes(), socket.receiveJson()]) {
        outcomes.push(await receive.catch((reason: unknown) => reason));
      }
    });
  });
});
afterAll(() => server.stop());

const connect = (path: string) => TestClient.connect(server.url + path);

/** The next message as it came. */
const next = (client: TestClient) =>
  new Promise<[Buffer, boolean]>((resolve) =>
    client.socket.once('message', (data: Buffer, binary) => resolve([data, binary])),
  );

describe('GIVEN a handler that takes texts and bytes', () => {
  it('WHEN both are sent THEN each is answered in its kind, and iteration ends with the socket', async () => {
    const client = await connect('/mixed');
    const text = next(client);
    client.send('four');
    expect(await text).toEqual([Buffer.from('text of 4'), false]);
    const bytes = next(client);
    client.socket.send(Buffer.of(0, 1, 254, 255));
    expect(await bytes).toEqual([Buffer.of(255, 254, 1, 0), true]);
    outcomes.splice(0);
    await client.close();
    await waitFor('the handler to end', () => outcomes.includes('ended') || undefined);
  });

  it('WHEN a message of 64 KiB is echoed as bytes THEN it arrives whole', async () => {
    const client = await connect('/bytes');
    const sent = Buffer.alloc(65_536, 7);
    const answer = next(client);
    client.socket.send(sent);
    const [received, binary] = await answer;
    expect([received.equals(sent), binary]).toEqual([true, true]);
  });
});

describe('GIVEN a handler that asks for one kind of message', () => {
  it.each([
    ['/text', Buffer.of(1), 1003, 'Text messages only'],
    ['/bytes', 'text', 1003, 'Binary messages only'],
    ['/bid', 'not JSON', 1007, 'The message is not valid JSON'],
    ['/bid', '{"amount":-1}', 1007, 'amount: Too small: expected number to be >0'],
  ])(
    'WHEN %s gets %j THEN the socket is closed with %i and the reason',
    async (path, message, code, reason) => {
      const client = await connect(path);
      client.socket.send(message);
      expect(await client.closed).toEqual({ code, reason });
    },
  );

  it('WHEN the message fits its schema THEN the handler gets it typed', async () => {
    const client = await connect('/bid');
    client.send('{"amount":21}');
    await client.waitForCount(1);
    expect(client.texts).toEqual(['{"doubled":42}']);
    await client.close();
  });
});

describe('GIVEN a handler that accepts with a subprotocol and headers', () => {
  it('WHEN a client offers it THEN it is agreed on, and the headers are in the 101', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/chosen`, ['v1', 'v2']);
    const upgraded = new Promise<unknown>((resolve) =>
      socket.once('upgrade', ({ headers }) => resolve(headers['x-served-by'])),
    );
    const text = await new Promise((resolve) => socket.once('message', (data) => resolve(String(data))));
    expect([text, socket.protocol, await upgraded]).toEqual(['v2', 'v2', 'here']);
    socket.terminate();
  });

  it('WHEN a client does not offer it THEN the handshake fails, and the log tells the handler why', async () => {
    server.logged.splice(0);
    await expect(connect('/chosen')).rejects.toThrow('500');
    expect(server.logged).toMatchObject([
      { msg: 'A handler failed', err: { message: 'The client does not offer the subprotocol v2' } },
    ]);
  });
});

describe('GIVEN a socket that is not open', () => {
  it('WHEN the client has closed it THEN every use is a Disconnect with its code and reason', async () => {
    outcomes.splice(0);
    server.logged.splice(0);
    const client = await connect('/disconnect');
    client.socket.close(4123, 'bye');
    await waitFor('both answers', () => outcomes.length >= 2 || undefined);
    await client.closed;
    const seen = outcomes.map((error) => error instanceof Disconnect && [error.code, error.reason]);
    expect(seen).toEqual([
      [4123, 'bye'],
      [4123, 'bye'],
    ]);
    expect(server.logged).toEqual([]);
  });

  it('WHEN the handler has closed it THEN sending is a Disconnect, and the first close counts', async () => {
    outcomes.splice(0);
    const client = await connect('/closes');
    expect(await client.closed).toEqual({ code: 4001, reason: 'enough' });
    expect(client.texts).toEqual(['before']);
    expect(outcomes).toEqual([new Disconnect(4001, 'enough')]);
  });

  it('WHEN it was not accepted THEN every use is NotAccepted', async () => {
    outcomes.splice(0);
    await expect(connect('/early')).rejects.toThrow('403');
    expect(outcomes).toEqual(Array.from({ length: 6 }, () => new NotAccepted()));
  });
});
