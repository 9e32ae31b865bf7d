import type { BackOff } from './back-off.ts';
import { reconnectsAfter } from './close-code.ts';
import type { BinaryTypes } from './events.ts';
import type { QueueOptions } from './send-queue.ts';

/**
 * Where to connect, or what gives it before each attempt, so that it may hold a fresh token. A function that throws or
 * rejects is a failed attempt; its signal is aborted when the attempt is given up.
 */
export type Address = string | ((signal: AbortSignal) => string | Promise<string>);

export interface SocketOptions<Type extends keyof BinaryTypes = 'arraybuffer'> extends Partial<BackOff> {
  /** Subprotocols to offer, the preferred one first; none by default. */
  readonly protocols?: string | readonly string[];
  /** What binary messages come as: `arraybuffer` (the default) or `blob`. */
  readonly binaryType?: Type;
  /** Attempts in a row that may fail; without limit by default. */
  readonly maxRetries?: number;
  /** How long an attempt may take, in milliseconds, the url function included; 10,000 by default. */
  readonly connectTimeoutMs?: number;
  /** How long a connection must hold, in milliseconds, for the attempts to be counted anew; 5,000 by default. */
  readonly stableAfterMs?: number;
  /** Whether to connect again after a close that was not our own; {@link reconnectsAfter} by default. */
  readonly shouldReconnect?: (code: number, reason: string) => boolean;
  /** Whether to wait for the network while the browser says that it has none; true by default. */
  readonly awaitNetwork?: boolean;
  /** What is kept of messages sent while there is no connection; with false nothing is. */
  readonly queue?: false | QueueOptions;
  /** Closes the socket with 1000 when it is aborted. */
  readonly signal?: AbortSignal;
}

export type SettledOptions = Required<Omit<SocketOptions<keyof BinaryTypes>, 'signal' | 'queue'>> & {
  readonly queue: Required<QueueOptions>;
};

const DEFAULTS: SettledOptions = {
  baseDelayMs: 250,
  maxDelayMs: 30_000,
  protocols: [],
  binaryType: 'arraybuffer',
  maxRetries: Number.POSITIVE_INFINITY,
  connectTimeoutMs: 10_000,
  stableAfterMs: 5_000,
  shouldReconnect: reconnectsAfter,
  awaitNetwork: true,
  queue: { messages: 100, bytes: 1_048_576, overflow: 'refuse' },
};

/** A timer that is longer ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the number that is out of range
 */
export function settle({ queue, ...options }: SocketOptions<keyof BinaryTypes>): SettledOptions {
  const settled = {
    ...withDefaults(DEFAULTS, options),
    queue: queue === false ? { ...DEFAULTS.queue, messages: 0 } : withDefaults(DEFAULTS.queue, queue ?? {}),
  };
  for (const [name, value] of Object.entries({ ...settled, ...settled.queue })) {
    if (typeof value !== 'number') continue;
    const most = name.endsWith('Ms') ? LONGEST_TIMER_MS : Number.POSITIVE_INFINITY;
    if (!(value >= 0 && value <= most)) throw new RangeError(`${name} is ${value}; give 0 to ${most}`);
  }
  return settled;
}

/** An option that is given as undefined is not given. */
function withDefaults<T extends object>(defaults: T, given: Partial<T>): T {
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(known) };
}
