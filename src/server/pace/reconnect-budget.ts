import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../../spec/settings.ts';
import type { AskedRedis } from '../store/asked-redis.ts';
import { type Limiter, LocalLimiter } from './limiter.ts';
import { type Pace, paceOf } from './pace.ts';
import { RedisLimiter } from './redis-limiter.ts';

/** So much of the budget may be ahead of the steady rate: a tenth more in the worst second. */
const BURST_SECONDS = 0.1;
/** Taken at once, at the rate of one replica: many replicas that leave together then have turns. */
const BATCH_SECONDS = 0.05;
/** Between two looks at the bucket, which holds more than comes in meanwhile. By chance, so that nobody is always first. */
const LOOK_MS = { least: 20, most: 60 };
const PREFIX = 'tidegate:rate:';
const BUCKET = 'drain';

/**
 * How many sockets may be let go, so that no more come back than the environment can take: one bucket in Redis for all
 * replicas. Each keeps to its own share while Redis is away.
 */
export class ReconnectBudget {
  readonly #limiter: Limiter;
  readonly #batch: number;

  constructor({ reconnectsPerSecond, closesPerSecond }: Settings['drain'], redis?: AskedRedis) {
    const own = redis === undefined ? closesPerSecond : Math.min(closesPerSecond, reconnectsPerSecond);
    const otherwise = new LocalLimiter(pace(own));
    this.#batch = Math.max(1, Math.floor(own * BATCH_SECONDS));
    this.#limiter =
      redis === undefined
        ? otherwise
        : new RedisLimiter({ redis, prefix: PREFIX, pace: pace(reconnectsPerSecond), otherwise });
  }

  /**
   * Waits until some may go.
   *
   * @param most how many are wanted, one at least
   * @param deadline in milliseconds of the process
   * @param over ends the wait before the deadline
   * @returns how many may go now; 0 when the wait has ended before
   */
  async take(most: number, deadline: number, over?: AbortSignal): Promise<number> {
    const count = Math.min(most, this.#batch);
    while (over?.aborted !== true) {
      const wait = await this.#limiter.take(BUCKET, count);
      if (wait === 0) return count;
      const left = deadline - performance.now();
      if (left <= 0) return 0;
      const look = LOOK_MS.least + Math.random() * (LOOK_MS.most - LOOK_MS.least);
      await sleep(Math.min(Math.max(wait, look), left), undefined, { signal: over }).catch(() => {});
    }
    return 0;
  }
}

function pace(perSecond: number): Pace {
  return paceOf(perSecond, BURST_SECONDS) as Pace;
}
