/** How long a client waits before it connects again. */
export interface BackOff {
  /** Ceiling of the first wait, in milliseconds; it doubles with each attempt. */
  readonly baseDelayMs: number;
  /** Ceiling of every wait, in milliseconds. */
  readonly maxDelayMs: number;
}

/** Full jitter: anything from nothing to the ceiling of the attempt (from 1), so that clients do not come in waves. */
export function backOffDelay(
  attempt: number,
  { baseDelayMs, maxDelayMs }: BackOff,
  random = Math.random,
): number {
  return Math.round(random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1)));
}

/** The wait a server asks for in its close reason, such as `The server is draining; retry-after-ms=250`. */
export function advisedDelay(reason: string): number | undefined {
  const advice = /\bretry-after-ms=(\d{1,7})\b/.exec(reason)?.[1];
  return advice === undefined ? undefined : Number(advice);
}
