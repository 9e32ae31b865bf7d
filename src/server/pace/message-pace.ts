import { type Pace, spend, waitFor } from './pace.ts';

/** Limits the messages of one client; a number is all it keeps. */
export class MessagePace {
  readonly #pace: Pace;
  #fullAt = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Whether one more may come now. */
  take(now = performance.now()): boolean {
    if (waitFor(this.#pace, this.#fullAt, now) > 0) return false;
    this.#fullAt = spend(this.#pace, this.#fullAt, now);
    return true;
  }
}
