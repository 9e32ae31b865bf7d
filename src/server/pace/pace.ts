/**
 * How often something may happen, by the generic cell rate algorithm: a token bucket whose whole state is one point in
 * time, the one at which the bucket will be full again.
 */
export interface Pace {
  /** Milliseconds between two, at a steady rate. */
  readonly everyMs: number;
  /** How far ahead of the steady rate one may be. */
  readonly toleranceMs: number;
}

/** @returns undefined when the rate is 0, which is no limit */
export function paceOf(perSecond: number, burstSeconds: number): Pace | undefined {
  if (perSecond === 0) return undefined;
  const everyMs = 1_000 / perSecond;
  return { everyMs, toleranceMs: Math.max(0, burstSeconds * 1_000 - everyMs) };
}

/** Milliseconds until so many more may happen at once; 0 when they may now. More than the burst never may. */
export function waitFor({ everyMs, toleranceMs }: Pace, fullAt: number, now: number, count = 1): number {
  return Math.max(0, Math.max(fullAt, now) + (count - 1) * everyMs - now - toleranceMs);
}

/** When the bucket is full again, after so many more happened now. */
export function spend({ everyMs }: Pace, fullAt: number, now: number, count = 1): number {
  return Math.max(fullAt, now) + everyMs * count;
}
