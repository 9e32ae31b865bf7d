import { Redis, type RedisOptions } from 'ioredis';
import type { Settings } from '../../spec/settings.ts';
import { retryDelay } from './back-off.ts';

export interface RedisClientOptions {
  readonly redis: Settings['redis'];
  /** Asked before each attempt to connect. */
  readonly password: () => string | undefined;
  /** How long a command may take; without it commands wait until Redis is back. */
  readonly timeoutMs?: number;
  /** Lua scripts by name. */
  readonly scripts?: RedisOptions['scripts'];
}

const CONNECT_TIMEOUT_MS = 3_000;

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

/** A connection to Redis that comes back by itself, and which `connect` begins. */
export function redisClient({ redis, password, timeoutMs, scripts = {} }: RedisClientOptions): Redis {
  return new Redis({
    host: redis.host ?? '127.0.0.1',
    port: redis.port,
    ...(redis.tls && { tls: {} }),
    connectionName: 'tidegate',
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    scripts,
    ...(timeoutMs === undefined ? patient : impatient(timeoutMs)),
    ...passwordOf(password),
    // Called on the options of the connection in question, which may be a copy of this one.
    retryStrategy(this: RedisOptions, attempt: number) {
      Object.assign(this, passwordOf(password));
      return retryDelay(attempt);
    },
  });
}

function passwordOf(password: () => string | undefined): { password?: string } {
  const now = password();
  return now === undefined ? {} : { password: now };
}
