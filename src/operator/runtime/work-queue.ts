import { Backoff } from './backoff.ts';
import { DelayedKeys } from './delayed-keys.ts';
import type { Metrics } from './metrics.ts';
import { moreUrgent, PRIORITIES, type Priority } from './priority.ts';
import { TokenBucket, type TokenBucketOptions } from './token-bucket.ts';

export interface WorkQueueOptions {
  readonly name: string;
  readonly metrics: Metrics;
  /** Delays after failures of one key, in milliseconds; from 50 ms to a minute by default. */
  readonly backoff?: { readonly baseMs: number; readonly capMs: number };
  /** Failures of all keys together that are tried again; 50 a second after a burst of 500 by default. */
  readonly retries?: TokenBucketOptions;
}

/** Bounds of the wait after a failure, in milliseconds. */
export interface RetryBounds {
  /** Asked for by who refused. */
  readonly leastMs?: number | undefined;
  /** Less than the back-off's own cap, where the trouble will go away by itself. */
  readonly mostMs?: number | undefined;
}

/** One in so many turns goes to the least urgent, so that a stream of changes holds nobody up for ever. */
const FAIR_TURN = 8;

/**
 * Keys that wait to be worked on. A key waits once however often it is added; one that is added while it is worked on waits
 * until that is done, so no key is worked on twice at a time. Keys of one priority take turns in the order they came.
 */
export class WorkQueue {
  readonly #name: string;
  readonly #metrics: Metrics;
  readonly #backoffOptions: { readonly baseMs: number; readonly capMs: number };
  readonly #retries: TokenBucket;
  /** Waiting, by priority: since when. */
  readonly #lanes: Readonly<Record<Priority, Map<string, number>>> = {
    change: new Map(),
    report: new Map(),
    resync: new Map(),
  };
  readonly #working = new Map<string, { readonly since: number; readonly priority: Priority }>();
  /** Added again while worked on. */
  readonly #again = new Map<string, Priority>();
  readonly #delayed = new DelayedKeys((key, priority) => this.add(key, priority));
  readonly #backoffs = new Map<string, Backoff>();
  readonly #takers: ((key: string) => void)[] = [];
  #handed = 0;

  constructor({
    name,
    metrics,
    backoff = { baseMs: 50, capMs: 60_000 },
    retries = { perSecond: 50, burst: 500 },
  }: WorkQueueOptions) {
    this.#name = name;
    this.#metrics = metrics;
    this.#backoffOptions = backoff;
    this.#retries = new TokenBucket(retries);
    metrics.watchWork(name, () => [...this.#working.values()].map(({ since }) => since));
  }

  get depth(): number {
    return PRIORITIES.reduce((sum, priority) => sum + this.#lanes[priority].size, 0);
  }

  add(key: string, priority: Priority = 'change'): void {
    if (this.#working.has(key)) {
      this.#again.set(key, moreUrgent(priority, this.#again.get(key)));
      return;
    }
    const lane = PRIORITIES.find((one) => this.#lanes[one].has(key));
    if (lane !== undefined && moreUrgent(lane, priority) === lane) return;
    const since = lane === undefined ? performance.now() : (this.#lanes[lane].get(key) as number);
    if (lane === undefined) this.#metrics.queueAdds.inc({ name: this.#name });
    else this.#lanes[lane].delete(key);
    this.#lanes[priority].set(key, since);
    this.#hand();
  }

  /** Adds a key later; the earliest of several times counts. */
  addAfter(key: string, milliseconds: number, priority: Priority = 'resync'): void {
    this.#delayed.add(key, milliseconds, priority);
  }

  /** Adds a key that failed, later each time. Called while it is worked on, it keeps the priority it had. */
  addFailed(key: string, { leastMs = 0, mostMs = Number.POSITIVE_INFINITY }: RetryBounds = {}): void {
    const backoff = this.#backoffs.get(key) ?? new Backoff(this.#backoffOptions);
    this.#backoffs.set(key, backoff);
    this.#metrics.queueRetries.inc({ name: this.#name });
    const wait = Math.max(Math.min(backoff.next(), mostMs), leastMs, this.#retries.reserve());
    this.#delayed.add(key, wait, this.#working.get(key)?.priority ?? 'change');
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
    const work = this.#working.get(key);
    if (work === undefined) return;
    this.#working.delete(key);
    this.#metrics.workSeconds.observe({ name: this.#name }, (performance.now() - work.since) / 1_000);
    const again = this.#again.get(key);
    this.#again.delete(key);
    if (again !== undefined) this.add(key, again);
  }

  /** Drops what waits and what is to come later. */
  close(): void {
    this.#delayed.clear();
    for (const lane of Object.values(this.#lanes)) lane.clear();
    this.#metrics.queueDepth.set({ name: this.#name }, 0);
  }

  #hand(): void {
    while (this.depth > 0) {
      const taker = this.#takers.shift();
      if (taker === undefined) break;
      this.#handed += 1;
      const order = this.#handed % FAIR_TURN === 0 ? PRIORITIES.toReversed() : PRIORITIES;
      const priority = order.find((one) => this.#lanes[one].size > 0) as Priority;
      const [key, since] = this.#lanes[priority].entries().next().value as [string, number];
      this.#lanes[priority].delete(key);
      const now = performance.now();
      this.#working.set(key, { since: now, priority });
      this.#metrics.queueSeconds.observe({ name: this.#name }, (now - since) / 1_000);
      taker(key);
    }
    this.#metrics.queueDepth.set({ name: this.#name }, this.depth);
  }
}
