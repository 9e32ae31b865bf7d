/** How long a failed task waits before it is tried again. */
export interface BackOff {
  /** Before the second attempt, in seconds; 1 by default. Each further wait is twice as long. */
  readonly firstSeconds: number;
  /** No wait is longer; 3,600 by default. */
  readonly mostSeconds: number;
  /** Share of the wait that is random, from 0 to 1, so that what failed together does not come back together; 0.5 by default. */
  readonly jitter: number;
}

export const BACK_OFF: BackOff = { firstSeconds: 1, mostSeconds: 3_600, jitter: 0.5 };

/** Milliseconds to wait once so many attempts (from 1) have failed. */
export function backOffMs(failed: number, backoff: BackOff, random: () => number = Math.random): number {
  const { firstSeconds, mostSeconds, jitter } = backoff;
  const whole = Math.min(mostSeconds, firstSeconds * 2 ** (failed - 1)) * 1_000;
  return Math.round(whole * (1 - jitter * random()));
}
