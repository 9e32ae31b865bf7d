import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Broker, BrokerReceiver, Retention } from '../../../../src/server/channels/broker/broker.ts';
import { InProcessBroker } from '../../../../src/server/channels/broker/in-process.ts';
import { RedisBroker } from '../../../../src/server/channels/broker/redis.ts';
import { CHANNEL_SCRIPTS } from '../../../../src/server/channels/broker/redis-scripts.ts';
import type { Publication } from '../../../../src/server/channels/protocol/schema.ts';
import { Backend } from '../../../../src/server/observability/backend.ts';
import { RedisLink } from '../../../../src/server/store/redis-link.ts';
import { type RedisTarget, redisTarget } from '../../../../src/server/store/redis-target.ts';
import { redis as redisSettings } from '../../../../src/spec/settings/redis.ts';
import { waitFor } from '../../../cluster/wait-for.ts';
import { redis } from '../stores/redis.ts';
import { cluster, oneRedis, type RedisKind, type RunningRedis, sentinels } from '../stores/redis-kinds.ts';
import type { StoreProcess } from '../stores/store-process.ts';

const PASSWORD = 'a password of the tests';
const KEEP: Retention = { size: 5, ttlSeconds: 60 };

/** Takes down what a broker tells. */
class Ear implements BrokerReceiver {
  readonly events: string[] = [];
  published(channel: string, { data, offset = 0 }: Publication): void {
    this.events.push(`${channel} ${offset} ${data}`);
  }
  joined(channel: string, info: { client?: string }): void {
    this.events.push(`${channel} join ${info.client}`);
  }
  left(channel: string, info: { client?: string }): void {
    this.events.push(`${channel} leave ${info.client}`);
  }
  called(call: Buffer): void {
    this.events.push(`call ${call}`);
  }
  reconnected(): void {}
  async count(count: number): Promise<readonly string[]> {
    await waitFor(`${count} events`, () => this.events.length >= count || undefined, {
      everyMilliseconds: 5,
    });
    return this.events;
  }
}

const text = (value: string): Publication => ({ data: Buffer.from(JSON.stringify(value)) });
const textsOf = (publications: readonly Publication[]) =>
  publications.map(({ offset, data }) => `${offset} ${data}`);

const links: RedisLink[] = [];
const closeLinks = () => Promise.all(links.splice(0).map((link) => link.close()));

async function redisBroker(settings: object): Promise<Broker> {
  const backend = new Backend('redis', pino({ level: 'silent' }));
  const target = redisTarget(() => redisSettings.parse(settings)) as RedisTarget;
  const link = new RedisLink({ redis: target, backend, heartbeatMs: 50, scripts: CHANNEL_SCRIPTS });
  links.push(link);
  const broker = new RedisBroker(link);
  link.start();
  await backend.whenUp();
  return broker;
}

const subjects: readonly (RedisKind | { readonly kind: string; readonly start?: never })[] = [
  { kind: 'this process' },
  oneRedis,
  sentinels,
  cluster,
];

describe.each(subjects)('GIVEN a broker in $kind', ({ start }) => {
  let store: RunningRedis | undefined;
  let broker: Broker;
  let ear: Ear;
  beforeAll(async () => {
    store = await start?.(PASSWORD);
    broker = store === undefined ? new InProcessBroker() : await redisBroker(store.settings);
    ear = new Ear();
    broker.start(ear);
  });
  afterAll(async () => {
    await broker.close();
    await closeLinks();
    await store?.remove();
  });
  const publish = (channel: string, value: string, idempotencyKey?: string) =>
    broker.publish(channel, text(value), { retention: KEEP, idempotencyKey });

  it('WHEN a channel with history is published to THEN offsets count from 1, and subscribers get all in order', async () => {
    await broker.subscribe('order');
    const heardBefore = ear.events.length;
    const positions = await Promise.all(['a', 'b', 'c'].map((value) => publish('order', value)));
    expect(positions.map(({ offset }) => offset)).toEqual([1, 2, 3]);
    expect(new Set(positions.map(({ epoch }) => epoch)).size).toBe(1);
    expect((await ear.count(heardBefore + 3)).slice(heardBefore)).toEqual([
      'order 1 "a"',
      'order 2 "b"',
      'order 3 "c"',
    ]);
  });

  it('WHEN a channel has no history THEN publications have no offset, and nothing is kept', async () => {
    await broker.subscribe('plain');
    const heardBefore = ear.events.length;
    expect(await broker.publish('plain', text('a'), {})).toEqual({ offset: 0, epoch: '' });
    expect((await ear.count(heardBefore + 1)).slice(heardBefore)).toEqual(['plain 0 "a"']);
    expect((await broker.history('plain', {}, KEEP)).publications).toEqual([]);
  });

  it('WHEN more is published than history holds THEN the oldest go', async () => {
    for (const value of 'abcdefg') await publish('ring', value);
    const all = await broker.history('ring', {}, KEEP);
    expect(all.offset).toBe(7);
    expect(textsOf(all.publications)).toEqual(['3 "c"', '4 "d"', '5 "e"', '6 "f"', '7 "g"']);
  });

  it.each([
    [{}, [3, 4, 5, 6, 7]],
    [{ limit: 2 }, [3, 4]],
    [{ limit: 0 }, []],
    [{ since: 5 }, [6, 7]],
    [{ since: 5, limit: 1 }, [6]],
    [{ since: 0 }, [3, 4, 5, 6, 7]],
    [{ since: 7 }, []],
    [{ since: 99 }, []],
    [{ reverse: true }, [7, 6, 5, 4, 3]],
    [{ reverse: true, limit: 2 }, [7, 6]],
    [{ reverse: true, since: 5 }, [4, 3]],
    [{ reverse: true, since: 3 }, []],
  ])('WHEN history is asked for %o THEN it is %o', async (query, offsets) => {
    const part = await broker.history('ring', query, KEEP);
    expect(part.publications.map(({ offset }) => offset)).toEqual(offsets);
  });

  it('WHEN the info, tags and bytes of a publication are stored THEN they come back', async () => {
    const publication = {
      data: Buffer.from([0, 255, 10, 58]),
      info: { client: 'c', user: 'u', conn_info: Buffer.from('{}') },
      tags: { a: 'b' },
    };
    await broker.publish('whole', publication, { retention: KEEP });
    const { publications } = await broker.history('whole', {}, KEEP);
    expect(publications).toEqual([{ ...publication, offset: 1 }]);
  });

  it('WHEN a key is used twice THEN the second publication gives the position of the first and is not delivered', async () => {
    await broker.subscribe('once');
    const heardBefore = ear.events.length;
    const first = await publish('once', 'a', 'key');
    expect(await publish('once', 'b', 'key')).toEqual(first);
    expect((await publish('once', 'c', 'other')).offset).toBe(2);
    expect((await ear.count(heardBefore + 2)).slice(heardBefore)).toEqual(['once 1 "a"', 'once 2 "c"']);
  });

  it('WHEN the position of a new stream is asked for THEN its epoch begins and stays', async () => {
    const before = await broker.position('new', KEEP);
    expect(before.offset).toBe(0);
    expect(await publish('new', 'a')).toEqual({ offset: 1, epoch: before.epoch });
    expect(await broker.position('new', KEEP)).toEqual({ offset: 1, epoch: before.epoch });
  });

  it('WHEN the time of the publications is over THEN they are gone, and the position stays', async () => {
    const short = { size: 5, ttlSeconds: 1 };
    const last = await broker.publish('short', text('a'), { retention: short });
    const gone = await waitFor(
      'the end of its time',
      async () => {
        const part = await broker.history('short', {}, short);
        return part.publications.length === 0 ? part : undefined;
      },
      { seconds: 5, everyMilliseconds: 50 },
    );
    expect(gone).toEqual({ ...last, publications: [] });
  });

  it('WHEN history is removed THEN the position stays', async () => {
    const last = await publish('removed', 'a');
    await broker.removeHistory('removed');
    expect(await broker.history('removed', {}, KEEP)).toEqual({ ...last, publications: [] });
    expect((await publish('removed', 'b')).offset).toBe(2);
  });

  it('WHEN a stream is found to have gone back THEN a new epoch begins; otherwise it stays', async () => {
    const last = await publish('back', 'a');
    await broker.invalidate('back', last);
    expect(await broker.position('back', KEEP)).toEqual(last);
    await broker.invalidate('back', { ...last, offset: 2 });
    const anew = await broker.position('back', KEEP);
    expect([anew.offset, anew.epoch === last.epoch]).toEqual([0, false]);
    await broker.invalidate('back', { ...last, offset: 2 });
    expect(await broker.position('back', KEEP)).toEqual(anew);
    expect(await broker.history('back', {}, KEEP)).toEqual({ ...anew, publications: [] });
  });

  it('WHEN clients come and go THEN presence knows who is there', async () => {
    await broker.addPresence('room', { client: 'one', user: 'u', chan_info: Buffer.from('{"a":1}') });
    await broker.addPresence('room', { client: 'two', user: 'u' });
    expect(await broker.presence('room')).toEqual({
      one: { client: 'one', user: 'u', chan_info: Buffer.from('{"a":1}') },
      two: { client: 'two', user: 'u' },
    });
    await broker.removePresence('room', 'one');
    await broker.removePresence('room', 'one');
    expect(await broker.presence('room')).toEqual({ two: { client: 'two', user: 'u' } });
  });

  it('WHEN joins, leaves and calls are told THEN the receiver hears them', async () => {
    await broker.subscribe('told');
    const heardBefore = ear.events.length;
    await broker.tell('told', 'join', { client: 'c' });
    await broker.tell('told', 'leave', { client: 'c' });
    await broker.call(Buffer.from('anything'));
    expect((await ear.count(heardBefore + 3)).slice(heardBefore)).toEqual([
      'told join c',
      'told leave c',
      'call anything',
    ]);
  });

  it('WHEN replicas are asked for THEN this one is among them, as it reports', async () => {
    broker.report({ clients: 3, subscriptions: 5, channels: 2 });
    const found = await waitFor('the report', async () => {
      const all = await broker.replicas();
      return all.find(({ clients }) => clients === 3);
    });
    expect(found).toMatchObject({ clients: 3, subscriptions: 5, channels: 2 });
  });

  if (start === undefined) return;
  const another = () => redisBroker(store?.settings ?? {});
  const two = () => Promise.all([another(), another()]);

  it('WHEN one replica publishes THEN another hears it, until it unsubscribes', async () => {
    const [one, other] = await two();
    const ear = new Ear();
    other.start(ear);
    await other.subscribe('across');
    await one.publish('across', text('a'), { retention: KEEP });
    other.unsubscribe('across');
    await other.subscribe('other');
    await one.publish('across', text('b'), { retention: KEEP });
    await one.publish('other', text('c'), { retention: KEEP });
    expect(await ear.count(2)).toEqual(['across 1 "a"', 'other 1 "c"']);
  });

  it('WHEN a replica dies THEN who was present there is gone from presence, and it from the replicas', async () => {
    const [one, other] = await two();
    const link = links.at(-1) as RedisLink;
    await one.addPresence('room', { client: 'one' });
    await other.addPresence('room', { client: 'two' });
    expect(Object.keys(await one.presence('room')).sort()).toEqual(['one', 'two']);
    await waitFor('both replicas', async () => (await one.replicas()).length >= 2 || undefined);
    const replicas = (await one.replicas()).length;
    await link.close();
    await waitFor('the dead one to go', async () => {
      const present = Object.keys(await one.presence('room'));
      return (present.length === 1 && (await one.replicas()).length === replicas - 1) || undefined;
    });
    expect(Object.keys(await one.presence('room'))).toEqual(['one']);
  });
});

describe('GIVEN a Redis that forgets everything when it is stopped', () => {
  let cache: StoreProcess;
  beforeAll(async () => {
    cache = await redis(PASSWORD);
    await cache.start();
  });
  afterAll(async () => {
    await closeLinks();
    await cache.remove();
  });

  it('WHEN Redis comes back empty THEN presence is written again, and streams have a new epoch', async () => {
    const broker = await redisBroker({ host: '127.0.0.1', port: cache.port, password: PASSWORD });
    const receiver = Object.assign(new Ear(), {
      reconnected: () => void receiver.events.push('reconnected'),
    });
    broker.start(receiver);
    await broker.subscribe('lost');
    await broker.addPresence('lost', { client: 'c', user: 'u' });
    const before = await broker.publish('lost', text('a'), { retention: KEEP });
    await cache.stop();
    await expect(broker.publish('lost', text('b'), { retention: KEEP })).rejects.toThrow('Redis');
    await cache.start();
    await waitFor('Redis to be back', () => receiver.events.includes('reconnected') || undefined);
    expect(await waitFor('presence', async () => (await broker.presence('lost')).c)).toEqual({
      client: 'c',
      user: 'u',
    });
    const after = await broker.publish('lost', text('c'), { retention: KEEP });
    expect([after.offset, after.epoch === before.epoch]).toEqual([1, false]);
    expect((await receiver.count(3)).slice(-1)).toEqual(['lost 1 "c"']);
  });
});

describe('GIVEN a Redis that hangs', () => {
  it('WHEN nothing comes back THEN that is told, and delivery works again once it goes on', async () => {
    const cache = await redis(PASSWORD);
    await cache.start();
    const broker = await redisBroker({ host: '127.0.0.1', port: cache.port, password: PASSWORD });
    const ear = new Ear();
    broker.start(ear);
    await broker.subscribe('hung');
    const { backend } = links.at(-1) as RedisLink;
    cache.freeze();
    await waitFor('it to be noticed', () => !backend.isUp || undefined);
    expect(backend.report()).toEqual({ status: 'down', reason: 'TIMEOUT' });
    cache.thaw();
    await backend.whenUp();
    await broker.publish('hung', text('a'), { retention: KEEP });
    expect(await ear.count(1)).toEqual(['hung 1 "a"']);
    await closeLinks();
    await cache.remove();
  });
});

describe('GIVEN a Redis that keeps what it has acknowledged', () => {
  it('WHEN it restarts THEN offsets leap, and the next publication tells which one it is after', async () => {
    const cache = await redis(PASSWORD, { keeps: true });
    await cache.start();
    const broker = await redisBroker({ host: '127.0.0.1', port: cache.port, password: PASSWORD });
    const heard: unknown[] = [];
    const ear: BrokerReceiver = Object.assign(new Ear(), {
      published: (_: string, { offset }: Publication, epoch: string, after?: number) =>
        void heard.push([offset, epoch, after]),
      reconnected: () => void heard.push('reconnected'),
    });
    broker.start(ear);
    await broker.subscribe('leap');
    const before = await broker.publish('leap', text('a'), { retention: KEEP });
    await cache.stop();
    await cache.start();
    await waitFor('Redis to be back', () => heard.includes('reconnected') || undefined);
    const after = await broker.publish('leap', text('b'), { retention: KEEP });
    await broker.publish('leap', text('c'), { retention: KEEP });
    await waitFor('both', () => heard.length === 4 || undefined, { everyMilliseconds: 5 });
    const leap = after.offset;
    expect(Math.abs(leap / 1_000 - Date.now())).toBeLessThan(60_000);
    expect(heard).toEqual([
      [1, before.epoch, 0],
      'reconnected',
      [leap, before.epoch, 1],
      [leap + 1, before.epoch, leap],
    ]);
    const { publications, leaps } = await broker.history('leap', { since: 1 }, KEEP);
    expect(textsOf(publications)).toEqual([`${leap} "b"`, `${leap + 1} "c"`]);
    expect(leaps).toEqual(new Map([[leap, 1]]));
    // What was seen beyond the leap's beginning is lost for good; what was not is in the stream.
    await broker.invalidate('leap', { ...before, offset: 1 });
    expect((await broker.position('leap', KEEP)).epoch).toBe(before.epoch);
    await broker.invalidate('leap', { ...before, offset: 2 });
    expect((await broker.position('leap', KEEP)).epoch).not.toBe(before.epoch);
    await closeLinks();
    await cache.remove();
  });
});
