import { redis } from './redis.ts';
import { redisCluster } from './redis-cluster.ts';
import { redisSentinels } from './redis-sentinel.ts';

/** A Redis of any kind, that runs. */
export interface RunningRedis {
  /** Settings, under `redis`, of a server that uses it. */
  readonly settings: object;
  remove(): Promise<void>;
}

export interface RedisKind {
  readonly kind: string;
  readonly start: (password: string) => Promise<RunningRedis>;
}

export const oneRedis: RedisKind = {
  kind: 'one Redis',
  async start(password) {
    const process = await redis(password);
    await process.start();
    return { ...process, settings: { host: '127.0.0.1', port: process.port, password } };
  },
};
export const sentinels: RedisKind = { kind: 'a Redis with Sentinels', start: redisSentinels };
export const cluster: RedisKind = { kind: 'a Redis Cluster', start: redisCluster };
