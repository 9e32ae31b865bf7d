import type { NewJob } from './queue.ts';

/** A job of this process. */
export interface LocalJob extends NewJob {
  readonly id: string;
  readonly enqueuedAt: Date;
  /** When it may run, in milliseconds since 1970. */
  dueAt: number;
  /** Attempts that have failed. */
  failed: number;
}

/** Timers of Node can wait no longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Jobs that wait: those that are due in their order, the others for their time. */
export class DueJobs {
  readonly #due: () => void;
  /** By priority, then by the order in which they became due. */
  readonly #waiting: LocalJob[] = [];
  readonly #delayed = new Set<LocalJob>();
  readonly #timers = new Set<NodeJS.Timeout>();

  /** @param due called when a job has become due */
  constructor(due: () => void) {
    this.#due = due;
  }

  add(job: LocalJob): void {
    if (job.dueAt <= Date.now()) {
      this.#wait(job);
      return;
    }
    this.#delayed.add(job);
    this.at(job.dueAt, () => {
      this.#delayed.delete(job);
      this.#wait(job);
    });
  }

  /** Calls back at a time in milliseconds since 1970, unless closed before. */
  at(time: number, callback: () => void): void {
    const wait = Math.min(LONGEST_TIMER_MS, Math.max(0, time - Date.now()));
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (Date.now() < time) this.at(time, callback);
      else callback();
    }, wait);
    this.#timers.add(timer);
  }

  take(): LocalJob | undefined {
    return this.#waiting.shift();
  }

  stats(): { waiting: number; delayed: number; oldestWaitingSeconds: number } {
    const [next] = this.#waiting;
    return {
      waiting: this.#waiting.length,
      delayed: this.#delayed.size,
      oldestWaitingSeconds: next === undefined ? 0 : (Date.now() - next.dueAt) / 1_000,
    };
  }

  /** @returns how many were still waiting */
  close(): number {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    const left = this.#waiting.length + this.#delayed.size;
    this.#waiting.length = 0;
    this.#delayed.clear();
    return left;
  }

  #wait(job: LocalJob): void {
    const before = this.#waiting.findLastIndex(({ priority }) => priority <= job.priority);
    this.#waiting.splice(before + 1, 0, job);
    this.#due();
  }
}
