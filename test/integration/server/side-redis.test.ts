import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisStore } from '../../../src/server/http/cache/redis-store.ts';
import { LocalLimiter } from '../../../src/server/pace/limiter.ts';
import { RedisLimiter } from '../../../src/server/pace/redis-limiter.ts';
import { type RedisTarget, redisTarget } from '../../../src/server/store/redis-target.ts';
import { SideRedis } from '../../../src/server/store/side-redis.ts';
import { redis as redisSettings } from '../../../src/spec/settings/redis.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { cluster, type RunningRedis, redisOverTls, sentinels } from './stores/redis-kinds.ts';

const PASSWORD = 'a-password-of-the-tests';

describe.each([sentinels, cluster, redisOverTls])('GIVEN two replicas with $kind', ({ start }) => {
  let store: RunningRedis;
  let replicas: readonly SideRedis[];

  beforeAll(async () => {
    store = await start(PASSWORD);
    const target = redisTarget(() => redisSettings.parse(store.settings)) as RedisTarget;
    replicas = [new SideRedis(target), new SideRedis(target)];
    for (const replica of replicas) replica.start();
    await waitFor('both to be connected', async () => {
      const answers = await Promise.all(replicas.map((one) => one.ask((client) => client.get('nothing'))));
      return answers.every((answer) => answer === null) || undefined;
    });
  });
  afterAll(async () => {
    for (const replica of replicas) replica.close();
    await store.remove();
  });

  it('WHEN keys are limited over both THEN they count together, whatever the hash slot of the key', async () => {
    const pace = { everyMs: 3_600_000, toleranceMs: 3_600_000 };
    // One that lets everybody in would show that Redis is not asked.
    const otherwise = new LocalLimiter({ everyMs: 0, toleranceMs: 0 });
    const limiters = replicas.map((redis) => new RedisLimiter({ redis, prefix: 'limit:', pace, otherwise }));
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const waits = [0, 1, 0].map((index) => limiters[index]?.take(key));
      expect((await Promise.all(waits)).map((wait) => (wait ?? 0) > 0).sort()).toEqual([false, false, true]);
    }
  });

  it('WHEN one keeps a response THEN the other has it, whatever the hash slot of the key', async () => {
    const [one, other] = replicas.map((redis) => new RedisStore(redis));
    const response = { type: 'text/plain', body: 'hello', etag: '"1"', at: 1 };
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await one?.set(key, response, 60);
      expect(await other?.get(key)).toEqual(response);
    }
  });
});
