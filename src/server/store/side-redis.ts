import type { AskedRedis } from './asked-redis.ts';
import { type RedisClient, redisClient } from './redis-client.ts';
import type { RedisTarget } from './redis-target.ts';

/** Whoever asks does without rather than wait longer. */
const TIMEOUT_MS = 250;
/** After Redis failed it is not asked for so long, so that clients do not wait for it one after the other. */
const AWAY_MS = 1_000;

/**
 * Redis for rate limits and the response cache. It has a connection of its own,
 * as that of the broker may be busy.
 */
export class SideRedis implements AskedRedis {
  readonly #client: RedisClient;
  #awayUntil = 0;

  constructor(redis: RedisTarget) {
    this.#client = redisClient({ redis, timeoutMs: TIMEOUT_MS });
    // The broker tells of an outage.
    this.#client.on('error', () => {});
  }

  start(): void {
    this.#client.connect().catch(() => {});
  }

  close(): void {
    this.#client.disconnect();
  }

  async ask<T>(command: (redis: RedisClient) => Promise<T>): Promise<T | undefined> {
    if (this.#client.status !== 'ready' || performance.now() < this.#awayUntil) return undefined;
    try {
      return await command(this.#client);
    } catch {
      this.#awayUntil = performance.now() + AWAY_MS;
      return undefined;
    }
  }
}
