import type { RedisClient } from './redis-client.ts';

/** Redis for what is better with it and works without. */
export interface AskedRedis {
  /** What Redis answers; undefined while it is away. Never throws. */
  ask<T>(command: (redis: RedisClient) => Promise<T>): Promise<T | undefined>;
}
