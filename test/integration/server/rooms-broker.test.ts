import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisStore } from '../../../src/server/http/cache/redis-store.ts';
import { Backend } from '../../../src/server/observability/backend.ts';
import { LocalLimiter } from '../../../src/server/pace/limiter.ts';
import { paceOf } from '../../../src/server/pace/pace.ts';
import { RedisLimiter } from '../../../src/server/pace/redis-limiter.ts';
import type { BrokerReceiver } from '../../../src/server/rooms/broker/broker.ts';
import { RedisBroker } from '../../../src/server/rooms/broker/redis.ts';
import type { RoomMessage } from '../../../src/server/rooms/local-room.ts';
import { RedisLink } from '../../../src/server/store/redis-link.ts';
import { type RedisTarget, redisTarget } from '../../../src/server/store/redis-target.ts';
import { SideRedis } from '../../../src/server/store/side-redis.ts';
import { redis as redisSettings } from '../../../src/spec/settings/redis.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { cluster, oneRedis, type RunningRedis, redisOverTls, sentinels } from './stores/redis-kinds.ts';

const PASSWORD = 'a password of the tests';
/** In a Cluster, so many names are on every primary. */
const ROOMS = Array.from({ length: 12 }, (_, number) => `room-${number}`);

/** A replica's side of the rooms, and what it hears. */
class Replica implements BrokerReceiver {
  readonly heard: string[] = [];
  readonly changed = new Set<string>();
  readonly link: RedisLink;
  readonly broker: RedisBroker;

  constructor(redis: RedisTarget) {
    const backend = new Backend('redis', pino({ level: 'silent' }));
    this.link = new RedisLink({ redis, backend, heartbeatMs: 50 });
    this.broker = new RedisBroker(this.link);
    this.broker.start(this);
    this.link.start();
  }
  deliver(room: string, { text }: RoomMessage): void {
    this.heard.push(`${room} ${text}`);
  }
  presenceChanged(room: string): void {
    this.changed.add(room);
  }
  async hears(count: number): Promise<readonly string[]> {
    await waitFor(`${count} messages`, () => this.heard.length >= count || undefined, {
      everyMilliseconds: 5,
    });
    return this.heard.splice(0);
  }
}
const message = (text: string) => ({ id: randomUUID(), text });

describe.each([oneRedis, redisOverTls, sentinels, cluster])(
  'GIVEN replicas that share $kind',
  ({ start }) => {
    let store: RunningRedis;
    let target: RedisTarget;
    let one: Replica;
    let two: Replica;
    beforeAll(async () => {
      store = await start(PASSWORD);
      target = redisTarget(() => redisSettings.parse(store.settings)) as RedisTarget;
      [one, two] = [new Replica(target), new Replica(target)];
      await Promise.all([one, two].map(({ link }) => link.backend.whenUp()));
    });
    afterAll(async () => {
      await Promise.all([one, two].map(({ link }) => link.close()));
      await store.remove();
    });

    it('WHEN one sends to rooms THEN the other hears each message once and in order, and it does not hear itself', async () => {
      for (const { broker } of [one, two]) await Promise.all(ROOMS.map((room) => broker.subscribe(room)));
      for (const text of ['a', 'b']) for (const room of ROOMS) await one.broker.publish(room, message(text));
      await two.broker.publish('room-0', message('c'));
      const heard = await two.hears(2 * ROOMS.length);
      for (const room of ROOMS) {
        expect(heard.filter((line) => line.startsWith(`${room} `))).toEqual([`${room} a`, `${room} b`]);
      }
      expect(await one.hears(1)).toEqual(['room-0 c']);
      expect(one.broker.failures).toBe(0);
    });

    it('WHEN it unsubscribes THEN it hears that room no more', async () => {
      two.broker.unsubscribe('room-1');
      await two.broker.subscribe('another');
      await one.broker.publish('room-1', message('x'));
      await one.broker.publish('another', message('y'));
      expect(await two.hears(1)).toEqual(['another y']);
    });

    it('WHEN users come THEN the others know, until the replica ends', async () => {
      const third = new Replica(target);
      await third.link.backend.whenUp();
      third.broker.setUsers('room-2', ['ada', 'bob']);
      const users = () => one.broker.otherUsers('room-2');
      await waitFor('the users', async () => (await users()).length === 2 || undefined);
      expect(await users()).toEqual(['ada', 'bob']);
      await waitFor('the news', () => one.changed.has('room-2') || undefined);
      await third.link.close();
      await waitFor('their end', async () => (await users()).length === 0 || undefined);
    });

    it('WHEN rates and responses are kept beside THEN replicas share them', async () => {
      const sides = [new SideRedis(target), new SideRedis(target)] as const;
      for (const side of sides) side.start();
      await waitFor('both', async () => {
        const answers = await Promise.all(
          sides.map((side) => side.ask((client) => client.exists('nothing'))),
        );
        return answers.every((answer) => answer === 0) || undefined;
      });
      const pace = paceOf(0.01, 200) ?? { everyMs: 0, toleranceMs: 0 };
      const limiters = sides.map(
        (redis) =>
          new RedisLimiter({ redis, prefix: 'tidegate:rate:test:', pace, otherwise: new LocalLimiter(pace) }),
      );
      const waits: number[] = [];
      for (let count = 0; count < 4; count += 1) waits.push((await limiters[count % 2]?.take('ada')) ?? -1);
      expect(waits.map((wait) => wait > 0)).toEqual([false, false, true, true]);
      const [first, second] = sides.map((side) => new RedisStore(side));
      const response = { status: 200, headers: {}, body: 'text' } as never;
      await first?.set('key', response, 10);
      expect(await second?.get('key')).toEqual(response);
      for (const side of sides) side.close();
    });
  },
);
