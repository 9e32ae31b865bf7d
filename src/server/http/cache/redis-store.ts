import type { SideRedis } from '../../store/side-redis.ts';
import type { CachedResponse, CacheStore } from './cache-store.ts';

const PREFIX = 'tidegate:cache:';

/** Keeps responses in Redis, for all replicas. */
export class RedisStore implements CacheStore {
  readonly #redis: SideRedis;

  constructor(redis: SideRedis) {
    this.#redis = redis;
  }

  async get(key: string): Promise<CachedResponse | undefined> {
    const text = await this.#redis.ask((client) => client.get(PREFIX + key));
    return typeof text === 'string' ? (JSON.parse(text) as CachedResponse) : undefined;
  }

  async set(key: string, response: CachedResponse, seconds: number): Promise<void> {
    const text = JSON.stringify(response);
    await this.#redis.ask((client) => client.set(PREFIX + key, text, 'PX', Math.ceil(seconds * 1_000)));
  }
}
