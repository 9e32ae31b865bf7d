import { type Pace, spend, waitFor } from './pace.ts';

/** Limits how often each key may do something. */
export interface Limiter {
  /**
   * Asks for so many more at once, one by default.
   *
   * @returns milliseconds to wait; 0 when they may happen now, and only then they count
   */
  take(key: string, count?: number): number | Promise<number>;
}

/** Keys that are remembered at the most; beyond, the oldest are forgotten, and start anew. */
const MOST_KEYS = 100_000;

/**
 * Limits within this process. Keys are forgotten without timers: they are in two generations, and the older one goes
 * when all of its buckets are full again.
 */
export class LocalLimiter implements Limiter {
  readonly #pace: Pace;
  readonly #mostKeys: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #bornAt = 0;

  constructor(pace: Pace, mostKeys = MOST_KEYS) {
    this.#pace = pace;
    this.#mostKeys = mostKeys;
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  take(key: string, count = 1, now = performance.now()): number {
    this.#age(now);
    const fullAt = this.#young.get(key) ?? this.#old.get(key) ?? now;
    const wait = waitFor(this.#pace, fullAt, now, count);
    if (wait === 0) this.#young.set(key, spend(this.#pace, fullAt, now, count));
    return wait;
  }

  #age(now: number): void {
    const { everyMs, toleranceMs } = this.#pace;
    if (now - this.#bornAt <= everyMs + toleranceMs && this.#young.size < this.#mostKeys / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#bornAt = now;
  }
}
