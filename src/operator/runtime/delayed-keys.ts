import { moreUrgent, type Priority } from './priority.ts';

/** Keys that come later. Of several times for a key the earliest counts, and of several priorities the most urgent. */
export class DelayedKeys {
  readonly #due: (key: string, priority: Priority) => void;
  readonly #waiting = new Map<string, Waiting>();

  /** @param due called with a key when its time has come */
  constructor(due: (key: string, priority: Priority) => void) {
    this.#due = due;
  }

  add(key: string, milliseconds: number, priority: Priority): void {
    const before = this.#waiting.get(key);
    const at = Math.min(performance.now() + milliseconds, before?.at ?? Number.POSITIVE_INFINITY);
    const waiting = { at, priority: moreUrgent(priority, before?.priority) };
    if (before?.at === at) {
      this.#waiting.set(key, { ...waiting, timer: before.timer });
      return;
    }
    clearTimeout(before?.timer);
    const timer = setTimeout(() => this.#fire(key), milliseconds);
    this.#waiting.set(key, { ...waiting, timer: timer.unref() });
  }

  /** Drops them all, so that no timer keeps the process alive. */
  clear(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }

  #fire(key: string): void {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (waiting !== undefined) this.#due(key, waiting.priority);
  }
}

interface Waiting {
  readonly at: number;
  readonly priority: Priority;
  readonly timer: NodeJS.Timeout;
}
