import { Backoff } from './backoff.ts';
import type { Metrics } from './metrics.ts';

export interface WorkQueueOptions {
  readonly name: string;
  readonly metrics: Metrics;
  /** Delays after failures of one key, in milliseconds. */
  readonly backoff?: { readonly baseMs: number; readonly capMs: number };
}

/**
 * Keys that wait to be worked on. A key waits once however often it is added; one that is added while it is worked on waits
 * until that is done, so no key is worked on twice at a time. Keys added without hurry (a first list, a resync) let all
 * others pass.
 */
export class WorkQueue {
  readonly #name: string;
  readonly #metrics: Metrics;
  readonly #backoffOptions: { readonly baseMs: number; readonly capMs: number };
  readonly #urgent = new Map<string, number>();
  readonly #patient = new Map<string, number>();
  readonly #working = new Map<string, number>();
  /** Added again while worked on. */
  readonly #dirty = new Set<string>();
  readonly #delayed = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>();
  readonly #backoffs = new Map<string, Backoff>();
  readonly #takers: ((key: string) => void)[] = [];

  constructor({ name, metrics, backoff = { baseMs: 50, capMs: 60_000 } }: WorkQueueOptions) {
    this.#name = name;
    this.#metrics = metrics;
    this.#backoffOptions = backoff;
  }

  get depth(): number {
    return this.#urgent.size + this.#patient.size;
  }

  /** Adds a key; `patient` lets the others pass. */
  add(key: string, { patient = false } = {}): void {
    if (this.#working.has(key)) {
      this.#dirty.add(key);
      return;
    }
    if (this.#urgent.has(key) || (patient && this.#patient.has(key))) return;
    const since = this.#patient.get(key) ?? performance.now();
    this.#patient.delete(key);
    (patient ? this.#patient : this.#urgent).set(key, since);
    this.#metrics.queueAdds.inc({ name: this.#name });
    this.#hand();
  }

  /** Adds a key later; the earliest of several times counts. */
  addAfter(key: string, milliseconds: number): void {
    const at = performance.now() + milliseconds;
    const waiting = this.#delayed.get(key);
    if (waiting !== undefined && waiting.at <= at) return;
    clearTimeout(waiting?.timer);
    const timer = setTimeout(() => {
      this.#delayed.delete(key);
      this.add(key);
    }, milliseconds);
    this.#delayed.set(key, { at, timer: timer.unref() });
  }

  /** Adds a key that failed, later each time; at least after `leastMs`. */
  addFailed(key: string, leastMs = 0): void {
    const backoff = this.#backoffs.get(key) ?? new Backoff(this.#backoffOptions);
    this.#backoffs.set(key, backoff);
    this.#metrics.queueRetries.inc({ name: this.#name });
    this.addAfter(key, Math.max(backoff.next(), leastMs));
  }

  /** Forgets the failures of a key. */
  forget(key: string): void {
    this.#backoffs.delete(key);
  }

  /** How often in a row a key failed. */
  failures(key: string): number {
    return this.#backoffs.get(key)?.failures ?? 0;
  }

  /** The next key, once there is one; undefined when the signal comes first. Call `done` with it afterwards. */
  async take(signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return undefined;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const stop = () => {
      const index = this.#takers.indexOf(resolve);
      if (index >= 0) this.#takers.splice(index, 1);
      resolve(undefined);
    };
    signal.addEventListener('abort', stop, { once: true });
    this.#takers.push(resolve);
    this.#hand();
    const key = await promise;
    signal.removeEventListener('abort', stop);
    return key;
  }

  /** Says that a key has been worked on. */
  done(key: string): void {
    const started = this.#working.get(key);
    if (started === undefined) return;
    this.#working.delete(key);
    this.#metrics.workSeconds.observe({ name: this.#name }, (performance.now() - started) / 1_000);
    if (this.#dirty.delete(key)) this.add(key);
  }

  /** Drops what is to come later, so that no timer keeps the process alive. */
  close(): void {
    for (const { timer } of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
  }

  #hand(): void {
    while (this.depth > 0) {
      const taker = this.#takers.shift();
      if (taker === undefined) break;
      const lane = this.#urgent.size > 0 ? this.#urgent : this.#patient;
      const [key, since] = lane.entries().next().value as [string, number];
      lane.delete(key);
      const now = performance.now();
      this.#working.set(key, now);
      this.#metrics.queueSeconds.observe({ name: this.#name }, (now - since) / 1_000);
      taker(key);
    }
    this.#metrics.queueDepth.set({ name: this.#name }, this.depth);
  }
}
