/** How long a client waits before it connects again. */
export interface BackOff {
  /** Ceiling of the first wait, in milliseconds; it doubles with each attempt. 250 by default. */
  readonly baseDelayMs: number;
  /** Ceiling of every wait, in milliseconds; 30,000 by default. */
  readonly maxDelayMs: number;
}

/** 2 to a higher power is infinite, and a base of 0 would no longer give 0. */
const MOST_DOUBLINGS = 1_000;

/** Full jitter: anything from nothing to the ceiling of the attempt (from 1), so that clients do not come in waves. */
export function backOffDelay(
  attempt: number,
  { baseDelayMs, maxDelayMs }: BackOff,
  random = Math.random,
): number {
  const ceiling = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(attempt - 1, MOST_DOUBLINGS));
  return Math.round(random() * ceiling);
}

/** The wait a server asks for in its close reason, such as `The server is draining; retry-after-ms=250`. */
export function advisedDelay(reason: string): number | undefined {
  const advice = /\bretry-after-ms=(\d{1,7})\b/.exec(reason)?.[1];
  return advice === undefined ? undefined : Number(advice);
}
