import type { Centrifuge, SubscribedContext } from 'centrifuge';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ReplyError, type RunningServer } from '../../../../src/server/index.ts';
import { waitFor } from '../../../cluster/wait-for.ts';
import { startReplica } from '../replica.ts';
import { redis } from '../stores/redis.ts';
import type { StoreProcess } from '../stores/store-process.ts';
import { fromData, type Protocol, sdkClient, socketOf, toData } from './sdk.ts';

const PASSWORD = 'a password of the tests';
const KEY = 'a-key-of-the-tests-of-32-characters-or-more';

let cache: StoreProcess;
let first: RunningServer;
let second: RunningServer;
const clients: Centrifuge[] = [];

const all = { allowSubscribe: 'anyone', allowPublish: 'anyone', presence: true, historySize: 50 } as const;
const settings = () => ({
  redis: { host: '127.0.0.1', port: cache.port, password: PASSWORD },
  auth: { tokenKey: KEY },
  ping: { intervalSeconds: 1 },
  drain: { closesPerSecond: 1_000, timeoutSeconds: 5 },
  channels: {
    anonymous: true,
    withoutNamespace: { allowSubscribe: 'anyone' as const },
    namespaces: [
      { name: 'room', ...all, joinLeave: 'on-request' as const },
      { name: 'private', ...all, allowSubscribe: 'token' as const },
    ],
  },
});

const sign = (claims: Record<string, unknown>, seconds = 3_600) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
    .sign(new TextEncoder().encode(KEY));

beforeAll(async () => {
  cache = await redis(PASSWORD);
  await cache.start();
  [first, second] = await Promise.all([startReplica(settings()), startReplica(settings())]);
  await Promise.all([first.whenReady(), second.whenReady()]);
  for (const server of [first, second]) {
    server.channels.onRpc('add', ({ data }) => (data as number[]).reduce((sum, number) => sum + number, 0));
    server.channels.onRpc('fail', () => {
      throw new ReplyError(400, 'not today');
    });
  }
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(async () => {
  await Promise.all([first.drain(), second.drain()]);
  await cache.remove();
});

describe.each(['json', 'protobuf'] as const)(
  'GIVEN clients of the SDK that speak %s',
  (protocol: Protocol) => {
    const connect = (server: RunningServer, options?: Parameters<typeof sdkClient>[2]) => {
      const client = sdkClient(protocol, server.address.url, options);
      clients.push(client);
      client.connect();
      return client;
    };
    const subscribe = async (
      client: Centrifuge,
      channel: string,
      options?: Parameters<Centrifuge['newSubscription']>[1],
    ) => {
      const subscription = client.newSubscription(channel, options);
      const values: unknown[] = [];
      subscription.on('publication', ({ data }) => void values.push(fromData(protocol, data)));
      subscription.subscribe();
      await subscription.ready();
      return { subscription, values };
    };
    const data = (value: unknown) => toData(protocol, value);

    it('WHEN they publish on different replicas THEN all get all, and history and presence tell the same', async () => {
      const channel = `room:${protocol}-across`;
      const [ada, bob] = [
        connect(first, { token: await sign({ sub: 'ada', info: { colour: 'red' } }) }),
        connect(second, { token: await sign({ sub: 'bob' }) }),
      ];
      const joined: string[] = [];
      const one = await subscribe(ada, channel, { joinLeave: true });
      one.subscription.on('join', ({ info }) => void joined.push(`join ${info.user}`));
      one.subscription.on('leave', ({ info }) => void joined.push(`leave ${info.user}`));
      const two = await subscribe(bob, channel);
      await one.subscription.publish(data({ n: 1 }));
      await two.subscription.publish(data('two'));
      for (const { values } of [one, two]) {
        await waitFor('both publications', () => values.length === 2 || undefined, { everyMilliseconds: 10 });
        expect(values).toEqual([{ n: 1 }, 'two']);
      }
      const history = await two.subscription.history({ limit: 10 });
      expect(history.publications.map((publication) => [publication.offset, publication.info?.user])).toEqual(
        [
          [1, 'ada'],
          [2, 'bob'],
        ],
      );
      const { clients: present } = await two.subscription.presence();
      expect(
        Object.values(present)
          .map(({ user, connInfo }) => [user, fromData(protocol, connInfo)])
          .sort(),
      ).toEqual([
        ['ada', { colour: 'red' }],
        ['bob', undefined],
      ]);
      expect(await one.subscription.presenceStats()).toMatchObject({ numClients: 2, numUsers: 2 });
      two.subscription.unsubscribe();
      await waitFor("bob's leave", () => joined.includes('leave bob') || undefined, {
        everyMilliseconds: 10,
      });
      expect(joined.filter((event) => event.endsWith('bob'))).toEqual(['join bob', 'leave bob']);
    });

    it('WHEN they call methods THEN they get the result or the error', async () => {
      const client = connect(first);
      expect(fromData(protocol, (await client.rpc('add', data([1, 2, 3]))).data)).toBe(6);
      await expect(client.rpc('fail', data(null))).rejects.toMatchObject({ code: 400, message: 'not today' });
      await expect(client.rpc('missing', data(null))).rejects.toMatchObject({ code: 104 });
    });

    it('WHEN a channel needs a token THEN it is asked for, and refreshed before it ends', async () => {
      const channel = `private:${protocol}`;
      const client = connect(first, { token: await sign({ sub: 'ada' }) });
      let asked = 0;
      const getToken = () => {
        asked += 1;
        return sign({ sub: 'ada', channel }, asked === 1 ? 1 : 60);
      };
      await subscribe(client, channel, { getToken });
      await waitFor('the refresh', () => asked === 2 || undefined, { seconds: 5, everyMilliseconds: 20 });
      const refused = client.newSubscription(`private:${protocol}-other`);
      const ended = new Promise((resolve) => refused.on('unsubscribed', resolve));
      refused.subscribe();
      expect(await ended).toMatchObject({ code: 103, reason: 'permission denied' });
    });

    it('WHEN the connection token ends THEN another is asked for and the connection stays', async () => {
      let asked = 0;
      const client = connect(first, {
        getToken: () => {
          asked += 1;
          return sign({ sub: 'ada' }, asked === 1 ? 1 : 60);
        },
      });
      const states: string[] = [];
      client.on('state', ({ newState }) => void states.push(newState));
      await client.ready();
      await waitFor('the refresh', () => asked === 2 || undefined, { seconds: 5, everyMilliseconds: 20 });
      await client.rpc('add', data([1]));
      expect(states).toEqual(['connected']);
    });

    it('WHEN a token is forged THEN the client is disconnected for good', async () => {
      const client = connect(first, { token: `${await sign({ sub: 'ada' })}x` });
      const gone = await new Promise((resolve) => client.on('disconnected', resolve));
      expect(gone).toEqual({ code: 3500, reason: 'invalid token' });
    });

    it('WHEN pings come THEN they are answered, and the connection stays beyond several of them', async () => {
      const client = connect(first);
      await client.ready();
      let frames = 0;
      socketOf(client)?.on('message', () => {
        frames += 1;
      });
      await waitFor('two pings', () => frames >= 2 || undefined, { everyMilliseconds: 50 });
      expect(client.state).toBe('connected');
    });

    it('WHEN the connection breaks THEN what was published meanwhile is recovered, in order and once', async () => {
      const channel = `room:${protocol}-recover`;
      const client = connect(first);
      const { subscription, values } = await subscribe(client, channel, { recoverable: true });
      const contexts: SubscribedContext[] = [];
      subscription.on('subscribed', (context) => void contexts.push(context));
      await first.channels.publish(channel, 1);
      await waitFor('the first', () => values.length === 1 || undefined, { everyMilliseconds: 5 });
      breakOff(client);
      for (const number of [2, 3, 4]) await second.channels.publish(channel, number);
      await waitFor('the rest', () => values.length === 4 || undefined, { everyMilliseconds: 10 });
      await first.channels.publish(channel, 5);
      await waitFor('the next', () => values.length === 5 || undefined, { everyMilliseconds: 10 });
      expect(values).toEqual([1, 2, 3, 4, 5]);
      expect(contexts).toMatchObject([{ wasRecovering: true, recovered: true }]);
    });

    it('WHEN more was published than history holds THEN it is told that it could not recover', async () => {
      const channel = `room:${protocol}-lost`;
      const client = connect(first);
      const { subscription, values } = await subscribe(client, channel, { recoverable: true });
      const back = new Promise<SubscribedContext>((resolve) => subscription.once('subscribed', resolve));
      await first.channels.publish(channel, 0);
      await waitFor('the first', () => values.length === 1 || undefined, { everyMilliseconds: 5 });
      socketOf(client)?.pause();
      for (let number = 1; number <= 60; number += 1) await second.channels.publish(channel, number);
      breakOff(client);
      expect(await back).toMatchObject({ wasRecovering: true, recovered: false });
    });

    it('WHEN the server subscribes a client THEN it gets the channel, and recovers it with its connection', async () => {
      const channel = `room:${protocol}-server`;
      const client = connect(first, { token: await sign({ sub: 'ada', channels: [channel] }) });
      const events: unknown[] = [];
      client.on('publication', (context) => void events.push(fromData(protocol, context.data)));
      client.on('subscribed', ({ channel: name, recovered }) => void events.push(`${name} ${recovered}`));
      client.on('unsubscribed', ({ channel: name }) => void events.push(`${name} left`));
      await client.ready();
      const extra = `room:${protocol}-extra`;
      await second.channels.subscribe({ user: 'ada' }, extra);
      await waitFor('the second channel', () => events.length === 2 || undefined, { everyMilliseconds: 5 });
      await second.channels.publish(extra, 'extra');
      await second.channels.publish(channel, 1);
      await waitFor('both', () => events.length === 4 || undefined, { everyMilliseconds: 5 });
      await second.channels.unsubscribe({ user: 'ada' }, extra);
      await waitFor('the end', () => events.length === 5 || undefined, { everyMilliseconds: 5 });
      breakOff(client);
      await second.channels.publish(channel, 2);
      await waitFor('the recovery', () => events.length === 7 || undefined, { everyMilliseconds: 5 });
      expect(events).toEqual([
        `${channel} false`,
        `${extra} false`,
        ...['extra', 1],
        `${extra} left`,
        `${channel} true`,
        2,
      ]);
    });

    it('WHEN a user is disconnected THEN its clients stay away, or come back, as the code says', async () => {
      const client = connect(first, { token: await sign({ sub: `gone-${protocol}` }) });
      await client.ready();
      const again = new Promise((resolve) => client.once('connected', resolve));
      await second.channels.disconnect(
        { user: `gone-${protocol}` },
        { code: 3011, reason: 'force reconnect' },
      );
      await again;
      const gone = new Promise((resolve) => client.once('disconnected', resolve));
      await second.channels.disconnect({ user: `gone-${protocol}` });
      expect(await gone).toEqual({ code: 3503, reason: 'force disconnect' });
    });

    it('WHEN a replica drains THEN its clients are told of the shutdown and recover on another', async () => {
      const channel = `room:${protocol}-drain`;
      const leaving = await startReplica(settings());
      await leaving.whenReady();
      const client = connect(leaving, { getToken: () => sign({ sub: 'ada' }) });
      const { values } = await subscribe(client, channel, { recoverable: true });
      await leaving.channels.publish(channel, 1);
      await waitFor('the first', () => values.length === 1 || undefined, { everyMilliseconds: 5 });
      const told = new Promise((resolve) => client.once('connecting', resolve));
      Object.assign(client, {
        _endpoint: `${second.address.url.replace('http', 'ws')}/connection/websocket`,
      });
      await leaving.drain();
      expect(await told).toEqual({ code: 3001, reason: 'shutdown' });
      await second.channels.publish(channel, 2);
      await waitFor('the second', () => values.length === 2 || undefined, { everyMilliseconds: 10 });
      expect(values).toEqual([1, 2]);
    });
  },
);

describe('GIVEN clients of both protocols in one channel', () => {
  it('WHEN one publishes JSON THEN the other reads it; bytes that are none disconnect those who cannot', async () => {
    const channel = 'room:both';
    const [json, protobuf] = (['json', 'protobuf'] as const).map((protocol) => {
      const client = sdkClient(protocol, first.address.url);
      clients.push(client);
      client.connect();
      return client;
    }) as [Centrifuge, Centrifuge];
    const values: unknown[] = [];
    const [one, two] = [json.newSubscription(channel), protobuf.newSubscription(channel)];
    one.on('publication', ({ data }) => void values.push(data));
    two.on('publication', ({ data }) => void values.push(Buffer.from(data as Uint8Array).toString('latin1')));
    for (const subscription of [one, two]) {
      subscription.subscribe();
      await subscription.ready();
    }
    await one.publish({ a: 1 });
    await waitFor('both', () => values.length === 2 || undefined, { everyMilliseconds: 5 });
    await two.publish(new TextEncoder().encode('{\n"b": 2}'));
    await waitFor('both again', () => values.length === 4 || undefined, { everyMilliseconds: 5 });
    expect(values).toEqual(expect.arrayContaining([{ a: 1 }, '{"a":1}', { b: 2 }, '{"b":2}']));
    const gone = new Promise((resolve) => json.once('disconnected', resolve));
    await two.publish(new Uint8Array([0xff, 0x00]));
    expect(await gone).toEqual({ code: 3506, reason: 'inappropriate protocol' });
    await waitFor('the bytes', () => values.includes('\xff\x00') || undefined, { everyMilliseconds: 5 });
  });
});

describe('GIVEN a client that reads too slowly', () => {
  it('WHEN more waits than limits.queueBytes THEN it is closed with 3008, and gets the rest when it is back', async () => {
    const replica = await startReplica({ ...settings(), limits: { queueBytes: 65_536 } });
    await replica.whenReady();
    const client = sdkClient('json', replica.address.url);
    clients.push(client);
    const subscription = client.newSubscription('room:slow', { recoverable: true });
    const values: string[] = [];
    subscription.on('publication', ({ data }) => void values.push(data));
    subscription.subscribe();
    client.connect();
    await subscription.ready();
    const told = new Promise((resolve) => client.once('connecting', resolve));
    socketOf(client)?.pause();
    const overflowed = async () =>
      /tidegate_slow_clients_total [1-9]/.test(await (await fetch(`${replica.address.url}/metrics`)).text());
    // In a history of 50, the last are still there when it is back.
    let sent = 0;
    while (!(await overflowed())) {
      await replica.channels.publish('room:slow', `${sent} ${'x'.repeat(1_000_000)}`);
      sent += 1;
    }
    socketOf(client)?.resume();
    expect(await told).toEqual({ code: 3008, reason: 'slow' });
    await waitFor('all', () => values.length === sent || undefined, { everyMilliseconds: 10 });
    expect(values.map((value) => Number.parseInt(value, 10))).toEqual(
      Array.from(values, (_, index) => index),
    );
    client.disconnect();
    await replica.drain();
  });
});

/** Ends the connection of a client without a farewell. */
function breakOff(client: Centrifuge): void {
  socketOf(client)?.terminate();
}
