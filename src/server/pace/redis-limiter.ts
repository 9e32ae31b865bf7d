import type { AskedRedis } from '../store/asked-redis.ts';
import type { Limiter } from './limiter.ts';
import type { Pace } from './pace.ts';

/**
 * The same arithmetic as in `pace.ts`, by Redis' clock, which all replicas share. A key lives until its bucket is full. The
 * clock may jump, as when a replica takes over: no bucket can be emptier than empty.
 *
 * Keys: the bucket. Arguments: milliseconds between two, tolerance, how many. Returns the milliseconds to wait.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local every, tolerance, count = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local fullAt = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
fullAt = math.min(fullAt, now + tolerance + every)
local wait = fullAt + (count - 1) * every - now - tolerance
if wait > 0 then return math.ceil(wait) end
fullAt = fullAt + count * every
redis.call('SET', KEYS[1], string.format('%.3f', fullAt), 'PX', math.ceil(fullAt - now))
return 0`;

interface RedisLimiterOptions {
  readonly redis: AskedRedis;
  /** Of the keys in Redis. */
  readonly prefix: string;
  readonly pace: Pace;
  /** Asked while Redis is away: nobody is refused, or let in, because of that. */
  readonly otherwise: Limiter;
}

/** Limits over all replicas. */
export class RedisLimiter implements Limiter {
  readonly #options: RedisLimiterOptions;

  constructor(options: RedisLimiterOptions) {
    this.#options = options;
  }

  async take(key: string, count = 1): Promise<number> {
    const { redis, prefix, pace, otherwise } = this.#options;
    const wait = await redis.ask((client) =>
      client.eval(TAKE, 1, prefix + key, pace.everyMs, pace.toleranceMs, count),
    );
    return wait === undefined ? otherwise.take(key, count) : Number(wait);
  }
}
