import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { connect } from './recorded-socket.ts';
import { TestServer } from './test-server.ts';

let server: TestServer;

beforeEach(async () => {
  server = await TestServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

const received = (count: number) =>
  waitFor(`${count} messages`, () => (server.received.length >= count ? server.received : undefined), {
    everyMilliseconds: 5,
  });

describe('GIVEN a client that is not connected yet', () => {
  it('WHEN it sends THEN the messages wait and go in order, before those sent once it is open', async () => {
    using client = connect(server.url);
    const { socket } = client;
    const bytes = new Uint8Array([1, 2, 3]);
    expect([socket.send('one'), socket.send(bytes), socket.send('two')]).toEqual([
      'queued',
      'queued',
      'queued',
    ]);
    expect(socket.bufferedAmount).toBe(9);
    bytes.fill(0);
    client.socket.on('state', (state) => {
      if (state === 'open') expect(socket.send('three')).toBe('sent');
    });
    expect(await received(4)).toEqual(['one', Buffer.from([1, 2, 3]), 'two', 'three']);
    await waitFor('all to leave', () => (socket.bufferedAmount === 0 ? true : undefined));
    expect(client.of('dropped')).toEqual([]);
  });

  it('WHEN the queue is full THEN further messages are refused and told', async () => {
    using client = connect(server.url, { queue: { messages: 2 } });
    expect(['one', 'two', 'three'].map((text) => client.socket.send(text))).toEqual([
      'queued',
      'queued',
      'refused',
    ]);
    expect(client.events).toEqual([['dropped', { data: 'three', reason: 'overflow' }]]);
    expect(await received(2)).toEqual(['one', 'two']);
  });

  it('WHEN the oldest are to give way THEN those are told and the newest arrive', async () => {
    using client = connect(server.url, { queue: { messages: 2, overflow: 'drop-oldest' } });
    expect(['one', 'two', 'three'].map((text) => client.socket.send(text))).toEqual([
      'queued',
      'queued',
      'queued',
    ]);
    expect(client.events).toEqual([['dropped', { data: 'one', reason: 'overflow' }]]);
    expect(await received(2)).toEqual(['two', 'three']);
  });

  it('WHEN there is no queue THEN messages are refused and told', async () => {
    using client = connect(server.url, { queue: false });
    expect(client.socket.send('too early')).toBe('refused');
    expect(client.events).toEqual([['dropped', { data: 'too early', reason: 'overflow' }]]);
    await client.opened();
    expect(client.socket.send('in time')).toBe('sent');
    expect(await received(1)).toEqual(['in time']);
  });
});

describe('GIVEN a client that has lost its connection', () => {
  it('WHEN it sends while it waits THEN the server gets that once it is back', async () => {
    using client = connect(server.url);
    await client.opened();
    server.served[0]?.close(1012, 'retry-after-ms=30');
    await client.next('reconnecting');
    expect([client.socket.send('one'), client.socket.send('two')]).toEqual(['queued', 'queued']);
    expect(await received(2)).toEqual(['one', 'two']);
    expect(server.served).toHaveLength(2);
  });

  it('WHEN it sends at any moment of many restarts THEN every message that it did not hand over arrives, in order', async () => {
    server.serve = (socket, count) => {
      if (count < 8) socket.on('message', () => socket.close(1012, 'retry-after-ms=1'));
    };
    using client = connect(server.url, { queue: { messages: 10_000 } });
    const kept: string[] = [];
    for (let number = 0; server.served.length < 8; number += 1) {
      const text = String(number);
      if (client.socket.send(text) === 'queued') kept.push(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.socket.send('last');
    await waitFor('the last', () => (server.received.includes('last') ? true : undefined));
    const numbers = server.received.map(Number).filter((number) => !Number.isNaN(number));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(kept.filter((text) => !server.received.includes(text))).toEqual([]);
    expect(client.of('dropped')).toEqual([]);
  });

  it('WHEN it gives up THEN what waits is told as dropped, before the close', async () => {
    using client = connect('ws://127.0.0.1:1', { maxRetries: 0 });
    client.socket.send('one');
    client.socket.send('two');
    await client.next('close');
    expect(client.socket.send('three')).toBe('refused');
    expect(client.events).toEqual([
      ['state', 'closed'],
      ['dropped', { data: 'one', reason: 'closed' }],
      ['dropped', { data: 'two', reason: 'closed' }],
      ['close', { code: 1006, reason: '' }],
      ['dropped', { data: 'three', reason: 'closed' }],
    ]);
  });
});
