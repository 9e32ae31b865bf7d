import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InProcessBroker } from '../../../../src/server/channels/broker/in-process.ts';
import type { Channels } from '../../../../src/server/channels/channels.ts';
import { DisconnectClient, ReplyError } from '../../../../src/server/channels/protocol/codes.ts';
import { channels, Wired } from './harness.ts';

const OPEN = { allowSubscribe: 'anyone', allowPublish: 'anyone' } as const;

/** Gives the position of one channel only when it is told to. */
class SlowBroker extends InProcessBroker {
  answer = () => {};

  override async position(...args: Parameters<InProcessBroker['position']>) {
    if (args[0] === 'slow') {
      await new Promise<void>((resolve) => {
        this.answer = resolve;
      });
    }
    return super.position(...args);
  }
}

let server: Channels;
const start = (settings?: Parameters<typeof channels>[0]) => {
  server = channels(settings);
  return server;
};
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});
const error = (id: number, code: number, message: string, temporary = false) => ({
  id,
  error: { code, message, temporary },
});

describe('GIVEN a client that connects', () => {
  it('WHEN anonymous clients may THEN it is told its id and the ping interval', async () => {
    const client = new Wired(start());
    expect(await client.send({ id: 1, connect: { name: 'js' } })).toEqual([
      { id: 1, connect: { client: client.session.id, ping: 20, pong: true } },
    ]);
  });

  it('WHEN they may not THEN it is unauthorized, and anything further disconnects it', async () => {
    const client = new Wired(start({ anonymous: false }));
    expect(await client.send({ id: 1, connect: {} })).toEqual([error(1, 101, 'unauthorized')]);
    await client.send({ id: 2, rpc: {} });
    expect(client.closed).toEqual({ code: 3501, reason: 'bad request' });
  });

  it('WHEN the handshake proved who it is THEN no token is needed', async () => {
    const expiresAt = Math.floor(Date.now() / 1_000) + 60;
    const client = new Wired(start({ anonymous: false }), {
      user: 'ada',
      expiresAt,
      refresh: async () => {},
    });
    const [reply] = await client.send({ id: 1, connect: {} });
    expect(reply).toMatchObject({ connect: { expires: true, ttl: expect.closeTo(60, -1) } });
    expect(client.session.user).toBe('ada');
  });

  it('WHEN its token says who it is and until when THEN so it is', async () => {
    const client = new Wired(start());
    const exp = Math.floor(Date.now() / 1_000) + 60;
    await client.send({ id: 1, connect: { token: JSON.stringify({ sub: 'ada', exp, info: { a: 1 } }) } });
    expect([client.session.user, client.session.expiresAt, client.session.info?.toString()]).toEqual([
      'ada',
      exp,
      '{"a":1}',
    ]);
  });

  it('WHEN its token is expired, or not good THEN it is told to bring another, or to stay away', async () => {
    const late = new Wired(start());
    expect(await late.send({ id: 1, connect: { token: 'expired' } })).toEqual([
      error(1, 109, 'token expired'),
    ]);
    for (const token of ['forged', '{"sub":1}']) {
      const forger = new Wired(server);
      await forger.send({ id: 1, connect: { token } });
      expect(forger.closed).toEqual({ code: 3500, reason: 'invalid token' });
    }
  });

  it.each([
    ['a command comes first', '{"id":1,"subscribe":{"channel":"c"}}'],
    ['it connects twice', '{"id":1,"connect":{}}\n{"id":2,"connect":{}}'],
    ['it is no JSON', '{'],
    ['a command has no id', '{"id":1,"connect":{}}\n{"rpc":{}}'],
    ['a command asks for nothing', '{"id":1,"connect":{}}\n{"id":2}'],
    ['it answers a ping that was not sent', '{"id":1,"connect":{}}\n{}'],
    ['it is nested without end', `{"id":1,"connect":{"data":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`],
  ])('WHEN %s THEN it is disconnected as a bad request', async (_, text) => {
    const client = new Wired(start());
    await client.sendRaw(text);
    expect(client.closed).toEqual({ code: 3501, reason: 'bad request' });
  });

  it('WHEN commands follow without waiting for the reply THEN they are done after it', async () => {
    const client = new Wired(start({ withoutNamespace: OPEN }));
    const replies = await client.send({ id: 1, connect: {} }, { id: 2, subscribe: { channel: 'c' } });
    expect(replies.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('WHEN it sends no connect command THEN it is stale after fifteen seconds', async () => {
    vi.useFakeTimers();
    const client = new Wired(start());
    await vi.advanceTimersByTimeAsync(17_000);
    expect(client.closed).toEqual({ code: 3502, reason: 'stale' });
  });

  it('WHEN it answers no ping THEN the next tells so; when it does, all is well', async () => {
    const [well, deaf] = [await Wired.connected(start()), await Wired.connected(server)];
    expect([well, deaf].map(({ session }) => session.ping())).toEqual([true, true]);
    expect(await well.send({})).toEqual([{}]);
    expect([well, deaf].map(({ session }) => session.ping())).toEqual([true, false]);
  });

  it('WHEN the application decides THEN it gets data, info and channels, or is denied', async () => {
    start({ withoutNamespace: { historySize: 5 } }).onConnect(({ user, data }) =>
      data === 'no' ? false : { data: { hello: user }, info: { a: 1 }, channels: ['news'] },
    );
    const client = new Wired(server);
    const [reply] = await client.send({ id: 1, connect: { token: '{"sub":"ada"}' } });
    expect(reply).toMatchObject({
      connect: {
        data: { hello: 'ada' },
        subs: { news: { recoverable: true, positioned: true, offset: 0, epoch: expect.any(String) } },
      },
    });
    await server.publish('news', 'x');
    expect(await client.news()).toEqual([{ push: { channel: 'news', pub: { data: 'x', offset: 1 } } }]);
    const denied = new Wired(server);
    expect(await denied.send({ id: 1, connect: { data: 'no' } })).toEqual([
      error(1, 103, 'permission denied'),
    ]);
  });

  it('WHEN publications come before it is told that it is connected THEN it gets them after the reply', async () => {
    const broker = new SlowBroker();
    server = channels({ withoutNamespace: { historySize: 5 } }, broker);
    const client = new Wired(server);
    const token = JSON.stringify({ sub: 'ada', channels: ['fast', 'slow'] });
    expect(await client.send({ id: 1, connect: { token } })).toEqual([]);
    await server.publish('fast', 1);
    expect(await client.news()).toEqual([]);
    broker.answer();
    expect(await client.news()).toMatchObject([
      { id: 1, connect: { subs: { fast: { offset: 0 }, slow: { offset: 0 } } } },
      { push: { channel: 'fast', pub: { data: 1, offset: 1 } } },
    ]);
  });

  it('WHEN one of its channels is refused THEN it is subscribed to none of them', async () => {
    const client = new Wired(start({ withoutNamespace: { historySize: 5 } }));
    const token = JSON.stringify({ sub: 'ada', channels: ['one', 'nope:two'] });
    expect(await client.send({ id: 1, connect: { token } })).toEqual([error(1, 102, 'unknown channel')]);
    expect([client.session.subscriptions.size, server.size]).toEqual([0, 0]);
  });

  it('WHEN the keys of tokens cannot be fetched now THEN it is told to try again', async () => {
    const client = new Wired(start());
    expect(await client.send({ id: 1, connect: { token: 'later' } })).toEqual([
      error(1, 100, 'internal server error', true),
    ]);
  });

  it('WHEN it was let in by the handshake and brings a token THEN the proof of the handshake is put off as well', async () => {
    const refreshed: string[] = [];
    const expiresAt = Math.floor(Date.now() / 1_000) + 60;
    const refresh = async (token: string) => void refreshed.push(token);
    const client = new Wired(start(), { user: 'ada', expiresAt, refresh });
    const token = JSON.stringify({ sub: 'ada', exp: expiresAt + 60 });
    await client.send({ id: 1, connect: {} }, { id: 2, refresh: { token } });
    expect(refreshed).toEqual([token]);
  });

  it('WHEN too many commands are worked on THEN it is read no further until some are done', async () => {
    start().onRpc('wait', () => new Promise((resolve) => waiting.push(resolve)));
    const waiting: ((value: unknown) => void)[] = [];
    const client = await Wired.connected(server);
    await client.send(...Array.from({ length: 63 }, (_, id) => ({ id: id + 2, rpc: { method: 'wait' } })));
    expect(client.paused).toBe(false);
    await client.send({ id: 100, rpc: { method: 'wait' } });
    expect(client.paused).toBe(true);
    waiting[0]?.(1);
    expect(await client.news()).toEqual([{ id: 2, rpc: { data: 1 } }]);
    expect(client.paused).toBe(false);
  });
});

describe('GIVEN a client that is connected', () => {
  it('WHEN it subscribes and publishes THEN it gets its own publication, with who published it', async () => {
    const client = await Wired.connected(start({ withoutNamespace: OPEN }), { token: '{"sub":"ada"}' });
    expect(await client.send({ id: 2, subscribe: { channel: 'c' } })).toEqual([{ id: 2, subscribe: {} }]);
    const replies = await client.send({ id: 3, publish: { channel: 'c', data: { a: [null, 'ü'] } } });
    expect(replies).toEqual([
      { id: 3, publish: {} },
      {
        push: {
          channel: 'c',
          pub: { data: { a: [null, 'ü'] }, info: { user: 'ada', client: client.session.id } },
        },
      },
    ]);
    expect(await client.send({ id: 4, unsubscribe: { channel: 'c' } })).toEqual([{ id: 4, unsubscribe: {} }]);
    await server.publish('c', 1);
    expect(await client.news()).toEqual([]);
    expect(server.size).toBe(0);
  });

  it.each([
    ['a channel of no namespace', { subscribe: { channel: 'nope:c' } }, 102, 'unknown channel'],
    ['a channel it may not subscribe to', { subscribe: { channel: 'closed' } }, 103, 'permission denied'],
    ['a channel of other users', { subscribe: { channel: 'open:c#bob' } }, 103, 'permission denied'],
    ['a name that is too long', { subscribe: { channel: 'c'.repeat(256) } }, 107, 'bad request'],
    ['a filter', { subscribe: { channel: 'open:c', tf: {} } }, 108, 'not available'],
    ['an unknown kind of subscription', { subscribe: { channel: 'open:c', type: 1 } }, 108, 'not available'],
    ['publishing where it may not', { publish: { channel: 'closed', data: 1 } }, 103, 'permission denied'],
    ['publishing to other users', { publish: { channel: 'open:c#bob', data: 1 } }, 103, 'permission denied'],
    ['presence where there is none', { presence: { channel: 'open:c' } }, 108, 'not available'],
    ['history where there is none', { history: { channel: 'open:c' } }, 108, 'not available'],
    ['history where it may not', { history: { channel: 'closed' } }, 103, 'permission denied'],
    ['an unknown method', { rpc: { method: 'm' } }, 104, 'method not found'],
    [
      'a refresh of no subscription',
      { sub_refresh: { channel: 'open:c', token: 't' } },
      103,
      'permission denied',
    ],
  ])('WHEN it asks for %s THEN it is told so', async (_, request, code, message) => {
    const open = { name: 'open', ...OPEN, allowPresence: 'anyone', allowHistory: 'anyone' } as const;
    const client = await Wired.connected(start({ namespaces: [open] }));
    expect(await client.send({ id: 2, ...request })).toEqual([error(2, code, message)]);
    expect(server.size).toBe(0);
  });

  it('WHEN it subscribes twice, or to too many THEN it is told so', async () => {
    const client = await Wired.connected(start({ withoutNamespace: OPEN }));
    const subscribe = (id: number, channel: string) => ({ id, subscribe: { channel } });
    expect(await client.send(subscribe(2, 'c'), subscribe(3, 'c'))).toEqual([
      error(3, 105, 'already subscribed'),
      { id: 2, subscribe: {} },
    ]);
    await client.send(...Array.from({ length: 127 }, (_, id) => subscribe(id + 10, `c${id}`)));
    expect(await client.send(subscribe(4, 'd'))).toEqual([error(4, 106, 'limit exceeded')]);
  });

  it('WHEN a channel is limited to users THEN those may subscribe', async () => {
    const client = await Wired.connected(start(), { token: '{"sub":"ada"}' });
    expect(await client.send({ id: 2, subscribe: { channel: 'dialog#bob,ada' } })).toEqual([
      { id: 2, subscribe: {} },
    ]);
  });

  it('WHEN it has a token for a channel THEN it may subscribe, as long as the token lasts', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    start({ withoutNamespace: { allowSubscribe: 'token' } });
    const exp = Math.floor(Date.now() / 1_000) + 10;
    const token = (claims: object) => JSON.stringify({ sub: 'ada', channel: 'c', exp, ...claims });
    const client = await Wired.connected(server, { token: '{"sub":"ada"}' });
    const subscribe = (id: number, with_: string) => ({ id, subscribe: { channel: 'c', token: with_ } });
    expect(await client.send(subscribe(2, ''))).toEqual([error(2, 103, 'permission denied')]);
    expect(await client.send(subscribe(3, 'forged'))).toEqual([error(3, 103, 'permission denied')]);
    expect(await client.send(subscribe(4, 'expired'))).toEqual([error(4, 109, 'token expired')]);
    expect(await client.send(subscribe(5, token({ channel: 'd' })))).toEqual([
      error(5, 103, 'permission denied'),
    ]);
    expect(await client.send(subscribe(6, token({ sub: 'bob' })))).toEqual([
      error(6, 103, 'permission denied'),
    ]);
    expect(await client.send(subscribe(7, token({})))).toEqual([
      { id: 7, subscribe: { expires: true, ttl: 10 } },
    ]);
    expect(
      await client.send({ id: 8, sub_refresh: { channel: 'c', token: token({ exp: exp + 20 }) } }),
    ).toEqual([{ id: 8, sub_refresh: { expires: true, ttl: 30 } }]);
    vi.advanceTimersByTime(54_000);
    expect(await client.news()).toEqual([]);
    vi.advanceTimersByTime(3_000);
    expect(await client.news()).toEqual([
      { push: { channel: 'c', unsubscribe: { code: 2501, reason: 'subscription expired' } } },
    ]);
  });

  it('WHEN its own token ends THEN it is disconnected, unless it brought another', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    const exp = Math.floor(Date.now() / 1_000) + 10;
    const [stays, goes] = [
      await Wired.connected(start(), { token: JSON.stringify({ sub: 'ada', exp }) }),
      await Wired.connected(server, { token: JSON.stringify({ sub: 'ada', exp }) }),
    ];
    const refresh = { token: JSON.stringify({ sub: 'ada', exp: exp + 600 }) };
    expect(await stays.send({ id: 2, refresh })).toEqual([
      { id: 2, refresh: { client: stays.session.id, expires: true, ttl: 610 } },
    ]);
    vi.advanceTimersByTime(37_000);
    expect([stays.closed, goes.closed]).toEqual([undefined, { code: 3005, reason: 'connection expired' }]);
    await stays.send({ id: 3, refresh: { token: '{"sub":"bob"}' } });
    expect(stays.closed).toEqual({ code: 3500, reason: 'invalid token' });
  });

  it('WHEN the application decides on subscribing THEN it may allow, deny, add, and end the connection', async () => {
    start().onSubscribe(({ channel, data }) => {
      if (channel === 'yes') return { data: { for: data }, info: { a: 1 } };
      if (channel === 'error') throw new ReplyError(400, 'not today', true);
      if (channel === 'out') throw new DisconnectClient({ code: 4500, reason: 'out' });
      return channel === 'no' ? false : undefined;
    });
    const client = await Wired.connected(server);
    const subscribe = (id: number, channel: string) => ({ id, subscribe: { channel, data: 'd' } });
    expect(await client.send(subscribe(2, 'yes'))).toEqual([{ id: 2, subscribe: { data: { for: 'd' } } }]);
    expect(await client.send(subscribe(3, 'no'))).toEqual([error(3, 103, 'permission denied')]);
    expect(await client.send(subscribe(4, 'error'))).toEqual([error(4, 400, 'not today', true)]);
    expect(await client.send(subscribe(5, 'default'))).toEqual([error(5, 103, 'permission denied')]);
    await client.send(subscribe(6, 'out'));
    expect(client.closed).toEqual({ code: 4500, reason: 'out' });
    expect(server.size).toBe(0);
  });

  it('WHEN the application decides on publishing THEN publications keep their order', async () => {
    start({ withoutNamespace: { allowSubscribe: 'anyone' } }).onPublish(async ({ data }) => {
      if (data === 'slow') await nextTurn();
      return data !== 'no';
    });
    const client = await Wired.connected(server);
    await client.send({ id: 2, subscribe: { channel: 'c' } });
    const replies = await client.send(
      ...['slow', 'no', 'b'].map((data, index) => ({ id: index + 3, publish: { channel: 'c', data } })),
    );
    expect(replies.filter(({ id }) => id !== undefined)).toEqual([
      { id: 3, publish: {} },
      error(4, 103, 'permission denied'),
      { id: 5, publish: {} },
    ]);
    const pub = (data: string) => ({ channel: 'c', pub: expect.objectContaining({ data }) });
    expect(replies.flatMap(({ push }) => push ?? [])).toEqual([pub('slow'), pub('b')]);
  });

  it('WHEN it calls a method THEN it gets what that returns, or its error', async () => {
    start().onRpc('add', ({ data }) => (data as number[]).reduce((sum, number) => sum + number, 0));
    server.onRpc('nothing', () => undefined);
    server.onRpc('fails', () => {
      throw new Error('secret');
    });
    const client = await Wired.connected(server);
    expect(await client.send({ id: 2, rpc: { method: 'add', data: [1, 2] } })).toEqual([
      { id: 2, rpc: { data: 3 } },
    ]);
    expect(await client.send({ id: 3, rpc: { method: 'nothing' } })).toEqual([{ id: 3, rpc: {} }]);
    expect(await client.send({ id: 4, rpc: { method: 'fails' } })).toEqual([
      error(4, 100, 'internal server error', true),
    ]);
  });

  it('WHEN it sends a message THEN the application gets it; when nobody takes it, it is disconnected', async () => {
    const messages: unknown[] = [];
    const client = await Wired.connected(start());
    server.onMessage(({ data }) => void messages.push(data));
    expect(await client.send({ send: { data: { a: 1 } } })).toEqual([]);
    expect(messages).toEqual([{ a: 1 }]);
    const other = await Wired.connected(start());
    await other.send({ send: { data: 1 } });
    expect(other.closed).toEqual({ code: 3508, reason: 'not available' });
  });
});

describe('GIVEN channels with presence, joins and history', () => {
  const all = {
    ...OPEN,
    presence: true,
    joinLeave: 'on-request',
    historySize: 10,
  } as const;

  it('WHEN clients come and go THEN those that want to know are told, and presence counts them', async () => {
    const watcher = await Wired.connected(start({ withoutNamespace: all }));
    await watcher.send({ id: 2, subscribe: { channel: 'c', join_leave: true } });
    const other = await Wired.connected(server, { token: '{"sub":"ada","info":{"a":1}}' });
    await other.send({ id: 2, subscribe: { channel: 'c' } });
    const ada = { user: 'ada', client: other.session.id, conn_info: { a: 1 } };
    const self = { user: '', client: watcher.session.id };
    expect(await watcher.news()).toEqual([{ push: { channel: 'c', join: { info: ada } } }]);
    expect(await watcher.send({ id: 3, presence: { channel: 'c' } })).toEqual([
      { id: 3, presence: { presence: { [other.session.id]: ada, [watcher.session.id]: self } } },
    ]);
    expect(await watcher.send({ id: 4, presence_stats: { channel: 'c' } })).toEqual([
      { id: 4, presence_stats: { num_clients: 2, num_users: 2 } },
    ]);
    other.session.ended();
    expect(await watcher.news()).toEqual([{ push: { channel: 'c', leave: { info: ada } } }]);
    expect(await server.presence('c')).toEqual([{ client: watcher.session.id, user: '' }]);
  });

  it('WHEN history is asked for THEN it has the page that was asked for, and the position', async () => {
    const client = await Wired.connected(start({ withoutNamespace: all }));
    await client.send({ id: 2, subscribe: { channel: 'c', recoverable: true } });
    for (const data of ['a', 'b', 'c']) await server.publish('c', data);
    await client.news();
    const ask = async (history: object) =>
      (await client.send({ id: 3, history: { channel: 'c', ...history } }))[0];
    const { epoch } = await server.history('c');
    const pub = (data: string, offset: number) => ({ data, offset });
    const reply = (...publications: object[]) => ({ id: 3, history: { publications, offset: 3, epoch } });
    expect(await ask({})).toEqual(reply());
    expect(await ask({ limit: -1 })).toEqual(reply(pub('a', 1), pub('b', 2), pub('c', 3)));
    expect(await ask({ limit: 1, since: { offset: 1, epoch } })).toEqual(reply(pub('b', 2)));
    expect(await ask({ limit: 1, reverse: true })).toEqual(reply(pub('c', 3)));
    expect(await ask({ limit: 1, since: { offset: 1, epoch: 'other' } })).toEqual(
      error(3, 112, 'unrecoverable position'),
    );
    expect(await ask({ limit: 1, since: { epoch }, reverse: true })).toEqual(error(3, 107, 'bad request'));
  });

  it('WHEN it comes back to a channel THEN it gets what it missed and then the rest, or is told it cannot', async () => {
    start({ withoutNamespace: all });
    const { epoch } = await server.publish('c', 'one');
    await server.publish('c', 'two');
    const back = async (request: object) => {
      const client = await Wired.connected(server);
      const [reply] = await client.send({
        id: 2,
        subscribe: { channel: 'c', recoverable: true, ...request },
      });
      return reply?.subscribe;
    };
    const base = { positioned: true, recoverable: true, epoch };
    expect(await back({})).toEqual({ ...base, offset: 2 });
    expect(await back({ recover: true, offset: 1, epoch })).toEqual({
      ...base,
      offset: 1,
      was_recovering: true,
      recovered: true,
      publications: [{ data: 'two', offset: 2 }],
    });
    expect(await back({ recover: true, offset: 2, epoch })).toMatchObject({
      recovered: true,
      publications: [],
    });
    const lost = { ...base, offset: 2, was_recovering: true };
    expect(await back({ recover: true, offset: 1, epoch: 'other' })).toEqual(lost);
    expect(await back({ recover: true, offset: 9, epoch })).toEqual(lost);
    for (let count = 0; count < 20; count += 1) await server.publish('c', count);
    expect(await back({ recover: true, offset: 2, epoch })).toEqual({ ...lost, offset: 22 });
  });

  it('WHEN it does not ask for recovery THEN it is not positioned, unless the namespace forces it', async () => {
    const namespaces = [{ name: 'forced', ...all, forceRecovery: true }];
    const client = await Wired.connected(start({ withoutNamespace: all, namespaces }));
    expect(await client.send({ id: 2, subscribe: { channel: 'c' } })).toEqual([{ id: 2, subscribe: {} }]);
    expect(await client.send({ id: 3, subscribe: { channel: 'forced:c' } })).toMatchObject([
      { subscribe: { positioned: true, recoverable: true } },
    ]);
  });
});

describe('GIVEN clients that the server has power over', () => {
  it('WHEN it subscribes and unsubscribes a user THEN the clients of that user are told', async () => {
    const ada = await Wired.connected(start({ withoutNamespace: { historySize: 5 } }), {
      token: '{"sub":"ada"}',
    });
    const bob = await Wired.connected(server, { token: '{"sub":"bob"}' });
    await server.subscribe({ user: 'ada' }, 'news', { data: { hello: 1 } });
    expect(await ada.news()).toEqual([
      {
        push: {
          channel: 'news',
          subscribe: {
            recoverable: true,
            positioned: true,
            offset: 0,
            epoch: expect.any(String),
            data: { hello: 1 },
          },
        },
      },
    ]);
    await server.publish('news', 1);
    await server.unsubscribe({ user: 'ada' }, 'news');
    await server.publish('news', 2);
    expect(await ada.news()).toEqual([
      { push: { channel: 'news', pub: { data: 1, offset: 1 } } },
      { push: { channel: 'news', unsubscribe: { code: 2000, reason: 'server unsubscribe' } } },
    ]);
    expect(await bob.news()).toEqual([]);
  });

  it('WHEN it disconnects a client or a user THEN they go, with the code that was given', async () => {
    const one = await Wired.connected(start(), { token: '{"sub":"ada"}' });
    const two = await Wired.connected(server, { token: '{"sub":"ada"}' });
    await server.disconnect({ client: one.session.id }, { code: 4001, reason: 'come back' });
    expect([one.closed, two.closed]).toEqual([{ code: 4001, reason: 'come back' }, undefined]);
    await server.disconnect({ user: 'ada' });
    expect(two.closed).toEqual({ code: 3503, reason: 'force disconnect' });
  });
});
