import type { ConnectionOptions } from 'node:tls';
import { addressOf, REDIS_PORT, SENTINEL_PORT, type ServerAddress } from '../../spec/settings/address.ts';
import type { Settings } from '../../spec/settings.ts';

/** One server, the primary that Sentinels name, or a Cluster of which some nodes are known. */
export type RedisAddress =
  | ({ readonly kind: 'single' } & ServerAddress)
  | { readonly kind: 'sentinel'; readonly sentinels: readonly ServerAddress[]; readonly name: string }
  | { readonly kind: 'cluster'; readonly nodes: readonly ServerAddress[] };

/** Where Redis is, and how it is reached. */
export interface RedisTarget {
  readonly address: RedisAddress;
  /** Undefined without TLS. */
  readonly tls: ConnectionOptions | undefined;
  /** Undefined for the default one. */
  readonly user: string | undefined;
  /** Asked before each attempt to connect, as passwords are rotated. */
  readonly passwords: () => RedisPasswords;
}

export interface RedisPasswords {
  readonly password?: string | undefined;
  readonly sentinelPassword?: string | undefined;
}

/** Undefined when there is no Redis, and this process is alone. */
export function redisTarget(current: () => Settings['redis']): RedisTarget | undefined {
  const redis = current();
  const address = redisAddress(redis);
  if (address === undefined) return undefined;
  const tls = redis.tls ? { ...(redis.tlsCa !== undefined && { ca: redis.tlsCa }) } : undefined;
  return { address, tls, user: redis.user, passwords: current };
}

export function redisAddress(redis: Settings['redis']): RedisAddress | undefined {
  const { host, port, sentinels, sentinelName: name, cluster } = redis;
  if (host !== undefined) return { kind: 'single', host, port };
  if (sentinels.length > 0) {
    return { kind: 'sentinel', name, sentinels: sentinels.map((text) => addressOf(text, SENTINEL_PORT)) };
  }
  if (cluster.length > 0)
    return { kind: 'cluster', nodes: cluster.map((text) => addressOf(text, REDIS_PORT)) };
  return undefined;
}
