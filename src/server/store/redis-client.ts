import { Redis, type RedisOptions } from 'ioredis';
import type { Settings } from '../../spec/settings.ts';
import { retryDelay } from './back-off.ts';

export interface RedisClientOptions {
  readonly redis: Settings['redis'];
  /** Asked before each attempt to connect. */
  readonly password: () => string | undefined;
  /** How long a command may take. */
  readonly timeoutMs: number;
  /** Lua scripts by name. */
  readonly scripts?: RedisOptions['scripts'];
}

const CONNECT_TIMEOUT_MS = 3_000;

/**
 * A connection to Redis that comes back by itself, and which `connect` begins. A command either reaches Redis now or fails
 * now: whoever sends one has something better to do than wait.
 */
export function redisClient({ redis, password, timeoutMs, scripts = {} }: RedisClientOptions): Redis {
  const client = new Redis({
    host: redis.host ?? '127.0.0.1',
    port: redis.port,
    ...(redis.tls && { tls: {} }),
    connectionName: 'tidegate',
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    commandTimeout: timeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableAutoPipelining: true,
    scripts,
    ...passwordOf(password),
  });
  client.options.retryStrategy = (attempt) => {
    Object.assign(client.options, passwordOf(password));
    return retryDelay(attempt);
  };
  return client;
}

function passwordOf(password: () => string | undefined): { password?: string } {
  const now = password();
  return now === undefined ? {} : { password: now };
}
