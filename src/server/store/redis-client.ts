import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import { retryDelay } from './back-off.ts';
import type { RedisAddress, RedisPasswords, RedisTarget } from './redis-target.ts';

/** What sends commands. In a Cluster, keys and channels of one command must be in one hash slot. */
export type RedisClient = Redis | Cluster;

export interface RedisClientOptions {
  readonly redis: RedisTarget;
  /** How long a command may take; without it commands wait until Redis is back. */
  readonly timeoutMs?: number;
  /** Lua scripts by name. */
  readonly scripts?: RedisOptions['scripts'];
}

/** Errors that come beside those that tell what is wrong. */
const SAYS_NOTHING =
  /^(Connection is closed\.|All sentinels are unreachable\. Retrying from scratch after [\d.]+ms\.)$/;

/** What an error of a client tells about Redis; undefined when it tells nothing. */
export function failureOf(error: Error & { readonly lastNodeError?: Error }): Error | undefined {
  if (error.lastNodeError !== undefined) return failureOf(error.lastNodeError);
  return SAYS_NOTHING.test(error.message) ? undefined : error;
}

const CONNECT_TIMEOUT_MS = 3_000;
/** Between attempts to connect: a replica takes over within seconds, and nothing is delivered until it is found. */
const MOST_WAIT_MS = 1_000;
const NAME = 'tidegate';

/** A command either reaches Redis now or fails now: whoever sends one has something better to do than wait. */
const impatient = (timeoutMs: number): RedisOptions => ({
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  commandTimeout: timeoutMs,
  enableAutoPipelining: true,
});
const patient: RedisOptions = { maxRetriesPerRequest: null };

/** A client of Redis that comes back by itself, and which `connect` begins. */
export function redisClient(options: RedisClientOptions): RedisClient {
  const { address } = options.redis;
  return address.kind === 'cluster'
    ? clusterClient(address.nodes, options)
    : redisConnection(address, options);
}

/** A connection to one server, or to the primary that Sentinels name. */
export function redisConnection(
  address: Exclude<RedisAddress, { kind: 'cluster' }>,
  { redis, timeoutMs, scripts = {} }: RedisClientOptions,
): Redis {
  const { tls, user, passwords } = redis;
  return new Redis({
    ...placeOf(address),
    ...(user !== undefined && { username: user }),
    ...(tls !== undefined && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
    connectionName: NAME,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    scripts,
    ...(timeoutMs === undefined ? patient : impatient(timeoutMs)),
    ...given(passwords()),
    // It was the primary, and is none any more.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    // Both are called on the options of the connection in question, which may be a copy of this one.
    retryStrategy(this: RedisOptions, attempt: number) {
      Object.assign(this, given(passwords()));
      return retryDelay(attempt, MOST_WAIT_MS);
    },
    sentinelRetryStrategy(this: RedisOptions, attempt: number) {
      Object.assign(this, given(passwords()));
      return retryDelay(attempt, MOST_WAIT_MS);
    },
  });
}

function placeOf(address: Exclude<RedisAddress, { kind: 'cluster' }>): RedisOptions {
  if (address.kind === 'single') return { host: address.host, port: address.port };
  return {
    sentinels: [...address.sentinels],
    name: address.name,
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
  };
}

function clusterClient(
  nodes: readonly { host: string; port: number }[],
  { redis, timeoutMs, scripts = {} }: RedisClientOptions,
): Cluster {
  const { tls, user, passwords } = redis;
  const options: ClusterOptions = {
    lazyConnect: true,
    scripts,
    clusterRetryStrategy: (attempt) => retryDelay(attempt, MOST_WAIT_MS),
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    // Certificates are for names.
    dnsLookup: (host, callback) => callback(null, host),
    // What may have been carried out already is not sent again.
    ...(timeoutMs !== undefined && { retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 }),
    redisOptions: {
      ...(user !== undefined && { username: user }),
      ...(tls !== undefined && { tls }),
      connectionName: NAME,
      connectTimeout: CONNECT_TIMEOUT_MS,
      ...(timeoutMs === undefined ? patient : { commandTimeout: timeoutMs }),
      ...given(passwords()),
    },
  };
  return withCurrentPassword(new Cluster([...nodes], options), passwords);
}

/** Connections to nodes are made when they are needed, each with the password as it is then; those of copies too. */
function withCurrentPassword(cluster: Cluster, passwords: () => RedisPasswords): Cluster {
  const { duplicate } = cluster;
  cluster.on('+node', (node: Redis) => Object.assign(node.options, given(passwords())));
  cluster.duplicate = ((...args: Parameters<Cluster['duplicate']>) =>
    withCurrentPassword(duplicate.apply(cluster, args) as Cluster, passwords)) as Cluster['duplicate'];
  return cluster;
}

function given({ password, sentinelPassword }: RedisPasswords): RedisOptions {
  return {
    ...(password !== undefined && { password }),
    ...(sentinelPassword !== undefined && { sentinelPassword }),
  };
}
