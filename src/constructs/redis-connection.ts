import {
  addressOf,
  type ExternalRedis,
  REDIS_PORT,
  SENTINEL_PORT,
  type SecretKey,
  type SettingsInput,
} from '../spec/index.ts';
import { type Destination, namespaceOf } from './egress.ts';

/** Where the server finds Redis. */
export interface RedisConnection {
  /** Its settings under `redis`, but for credentials. */
  readonly settings: NonNullable<SettingsInput['redis']>;
  /** Authorities that its certificate is checked with; public ones by default. */
  readonly tlsCa?: SecretKey | undefined;
  /** Password of the Sentinels; none by default. */
  readonly sentinelPassword?: SecretKey | undefined;
}

/** How the server reaches a Redis that somebody else runs. */
export function externalConnection(redis: ExternalRedis): RedisConnection {
  const { host, port, sentinel, cluster, user, tls, tlsCa } = redis;
  const place =
    sentinel !== undefined
      ? { sentinels: sentinel.nodes, sentinelName: sentinel.master }
      : cluster !== undefined
        ? { cluster: cluster.nodes }
        : { host, port };
  return {
    settings: { ...place, tls, ...(user !== undefined && { user }) },
    tlsCa,
    sentinelPassword: sentinel?.password,
  };
}

/**
 * Where the server goes for it. Sentinels and nodes of a Cluster name other servers: those of a Service are in its namespace,
 * which is open as a whole; others are wherever they are, on the ports that are known.
 */
export function externalDestinations(redis: ExternalRedis): readonly Destination[] {
  const { host, port, sentinel, cluster } = redis;
  if (sentinel !== undefined) {
    const nodes = sentinel.nodes.map((node) => addressOf(node, SENTINEL_PORT));
    return nodes.every(isService) ? nodes : [...nodes, { port }];
  }
  if (cluster === undefined) return [{ host, port }];
  const nodes = cluster.nodes.map((node) => addressOf(node, REDIS_PORT));
  const others = new Set(nodes.filter((node) => !isService(node)).map((node) => node.port));
  return [...nodes.filter(isService), ...[...others].map((open) => ({ port: open }))];
}

const isService = ({ host }: Destination) => host !== undefined && namespaceOf(host) !== undefined;
