import { type Link, LinkedList } from '../../platform/linked-list.ts';

const TICK_MS = 1_000;

/** Calls back when a second of the wall clock has passed: one timer for all, so that a hundred thousand cost the same. */
export class Expiries {
  readonly #due = new Map<number, LinkedList<() => void>>();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#tick(Date.now() / 1_000), TICK_MS);
  }

  /**
   * @param seconds since 1970; what is past already is due at the next tick
   * @returns cancels it
   */
  at(seconds: number, callback: () => void): () => void {
    const second = Math.ceil(seconds);
    let callbacks = this.#due.get(second);
    if (callbacks === undefined) {
      callbacks = new LinkedList();
      this.#due.set(second, callbacks);
    }
    return this.#cancel(second, callbacks, callbacks.add(callback));
  }

  #cancel(second: number, callbacks: LinkedList<() => void>, link: Link<() => void>): () => void {
    return () => {
      callbacks.remove(link);
      if (callbacks.size === 0 && this.#due.get(second) === callbacks) this.#due.delete(second);
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(now: number): void {
    for (const [second, callbacks] of this.#due) {
      if (second > now) continue;
      this.#due.delete(second);
      for (const callback of callbacks) callback();
    }
  }
}
