/**
 * Longest wait, in milliseconds, after trouble that passes by itself: an API server that is away or busy. So long at most it
 * goes unnoticed that the trouble is over.
 */
export const PASSING_CAP_MS = 2_500;
/** Longest wait that an API server may ask for, in milliseconds. */
export const ASKED_CAP_MS = 30_000;

/** Delays that double from one failure to the next, up to a cap, with jitter so that many do not retry as one. */
export class Backoff {
  readonly #baseMs: number;
  readonly #capMs: number;
  readonly #random: () => number;
  #failures = 0;

  constructor({ baseMs, capMs, random = Math.random }: BackoffOptions) {
    this.#baseMs = baseMs;
    this.#capMs = capMs;
    this.#random = random;
  }

  /** How often in a row it failed. */
  get failures(): number {
    return this.#failures;
  }

  /** Counts a failure; between half and all of the delay it has earned, in milliseconds. */
  next(): number {
    const delay = Math.min(this.#capMs, this.#baseMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return delay * (0.5 + 0.5 * this.#random());
  }

  /** Forgets the failures. */
  reset(): void {
    this.#failures = 0;
  }
}

export interface BackoffOptions {
  /** Delay after the first failure, in milliseconds. */
  readonly baseMs: number;
  /** Longest delay, in milliseconds. */
  readonly capMs: number;
  /** Between 0 and 1; `Math.random` by default. */
  readonly random?: () => number;
}
