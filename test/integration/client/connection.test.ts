import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReconnectingSocket } from '../../../src/client/index.ts';
import { connect } from './recorded-socket.ts';
import { TestServer } from './test-server.ts';

let server: TestServer;

beforeEach(async () => {
  server = await TestServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

describe('GIVEN a client that is connected', () => {
  it('WHEN both sides send texts THEN they arrive', async () => {
    server.serve = (socket) => socket.on('message', (data) => socket.send(`${data} too`));
    using client = connect(server.url);
    expect(client.socket.state).toBe('connecting');
    await client.opened();
    expect(client.socket.send('hello')).toBe('sent');
    expect(await client.next('message')).toBe('hello too');
  });

  it('WHEN both sides send bytes THEN they arrive as bytes, in the order of the texts around them', async () => {
    server.serve = (socket) => socket.on('message', (data, binary) => socket.send(data, { binary }));
    using client = connect(server.url);
    await client.opened();
    const { socket } = client;
    const sent = ['one', new Uint8Array([1, 2]).buffer, new Uint8Array([9, 3, 4, 9]).subarray(1, 3), 'two'];
    expect(sent.map((data) => socket.send(data))).toEqual(['sent', 'sent', 'sent', 'sent']);
    await client.next('message', (text) => text === 'two');
    expect(client.events.slice(1)).toEqual([
      ['message', 'one'],
      ['binary', new Uint8Array([1, 2]).buffer],
      ['binary', new Uint8Array([3, 4]).buffer],
      ['message', 'two'],
    ]);
  });

  it('WHEN it asks for blobs THEN bytes come as blobs', async () => {
    server.serve = (socket) => socket.send(Buffer.from('bytes'));
    using client = connect(server.url, { binaryType: 'blob' });
    const blob = await client.next('binary');
    expect(await blob.text()).toBe('bytes');
  });

  it('WHEN it offers subprotocols THEN it tells which one the server chose', async () => {
    using client = connect(server.url, { protocols: ['chat.v2', 'chat.v1'] });
    expect(client.socket.protocol).toBe('');
    await client.opened();
    expect([client.socket.protocol, server.requests[0]?.headers['sec-websocket-protocol']]).toEqual([
      'chat.v2',
      'chat.v2, chat.v1',
    ]);
  });
});

describe('GIVEN a client that is to close', () => {
  it('WHEN it closes by itself THEN the server sees 1000 and no event follows but the close', async () => {
    using client = connect(server.url);
    await client.opened();
    const seen = server.closeOf(1);
    client.socket.close(1000, 'bye');
    client.socket.close(1000, 'again');
    expect(await seen).toEqual({ code: 1000, reason: 'bye' });
    expect(client.events.slice(1)).toEqual([
      ['state', 'closed'],
      ['close', { code: 1000, reason: 'bye' }],
    ]);
  });

  it('WHEN it gives a code of its own THEN the server sees that', async () => {
    using client = connect(server.url);
    await client.opened();
    const seen = server.closeOf(1);
    client.socket.close(4001, 'another tab');
    expect(await seen).toEqual({ code: 4001, reason: 'another tab' });
  });

  it.each([
    [1006, '', 'The close code is 1006; give 1000 or 3000 to 4999'],
    [1000, 'é'.repeat(62), 'The close reason has 124 bytes; give at most 123'],
  ])(
    'WHEN code %i with reason %j is not allowed THEN it throws and stays open',
    async (code, reason, error) => {
      using client = connect(server.url);
      await client.opened();
      expect(() => client.socket.close(code, reason)).toThrow(new RangeError(error));
      expect([client.socket.state, client.socket.send('still here')]).toEqual(['open', 'sent']);
    },
  );

  it('WHEN its scope ends THEN the server sees 1000', async () => {
    const seen = await (async () => {
      using socket = new ReconnectingSocket(server.url);
      await new Promise<void>((resolve) => socket.on('state', () => resolve()));
      return { close: server.closeOf(1) };
    })();
    expect(await seen.close).toEqual({ code: 1000, reason: '' });
  });

  it('WHEN its signal is aborted THEN the server sees 1000 and it stays closed', async () => {
    const controller = new AbortController();
    using client = connect(server.url, { signal: controller.signal });
    await client.opened();
    const seen = server.closeOf(1);
    controller.abort();
    expect(client.socket.state).toBe('closed');
    expect(await seen).toEqual({ code: 1000, reason: '' });
    expect(client.of('close')).toEqual([{ code: 1000, reason: '' }]);
  });

  it('WHEN its signal was aborted before THEN it tells that it is closed and connects to nothing', async () => {
    let asked = 0;
    const address = () => {
      asked += 1;
      return server.url;
    };
    using client = connect(address, { signal: AbortSignal.abort() });
    expect(await client.next('close')).toEqual({ code: 1000, reason: '' });
    expect([client.socket.state, asked, server.served.length]).toEqual(['closed', 0, 0]);
  });
});

describe('GIVEN what can never work', () => {
  it.each(['not an address', 'ftp://127.0.0.1'])('WHEN the address is %j THEN it is refused', (url) => {
    expect(() => new ReconnectingSocket(url)).toThrow(DOMException);
  });

  it('WHEN a subprotocol is no token THEN it is refused', () => {
    expect(() => new ReconnectingSocket(server.url, { protocols: 'a b' })).toThrow(DOMException);
  });
});
