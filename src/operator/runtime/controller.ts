import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { ApiError, isPassing } from '../api/api-error.ts';
import { controllerReference, type KubeObject, keyOf } from '../api/kube-object.ts';
import { ASKED_CAP_MS, PASSING_CAP_MS } from './backoff.ts';
import type { Metrics } from './metrics.ts';
import { type Priority, priorityOf } from './priority.ts';
import type { Reflector } from './reflector.ts';
import type { Change } from './store.ts';
import type { Term } from './term.ts';
import { TerminalError } from './terminal-error.ts';
import { WorkQueue } from './work-queue.ts';

/** What a reconciliation is given. */
export interface Turn {
  /** `namespace/name` of the object to reconcile. It may be gone. */
  readonly key: string;
  readonly term: Term;
  readonly log: Logger;
}

/** Reconcile again after this time, without having failed. */
export interface Again {
  readonly afterMs: number;
}

export interface ControllerOptions {
  readonly name: string;
  /** Objects that are reconciled. */
  readonly watches: Reflector;
  /** Objects that belong to those by a controller reference. A change of one reconciles its owner. */
  readonly owns: readonly Reflector[];
  readonly reconcile: (turn: Turn) => Promise<Again | undefined>;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Time after which an unchanged object is looked at again, in milliseconds; ten minutes by default. */
  readonly resyncMs?: number | undefined;
}

/** How a reconciliation ends. */
const RESULTS = ['success', 'error', 'requeue', 'requeue_after'] as const;
type Result = (typeof RESULTS)[number];

/** Reconciliations at a time. */
const WORKERS = 8;
const RESYNC_MS = 600_000;

/** Calls `reconcile` for each object whose state, or whose children's state, has changed. */
export class Controller {
  readonly #options: ControllerOptions;
  /** A term has a queue of its own: to who does not lead, nothing is work. */
  #queue: WorkQueue | undefined;

  constructor(options: ControllerOptions) {
    this.#options = options;
    const { name, metrics } = options;
    // Alerts on a rate need the zero it rises from.
    for (const result of RESULTS) metrics.reconciles.inc({ controller: name, result }, 0);
    for (const counter of [metrics.reconcileErrors, metrics.terminalErrors, metrics.reconcilePanics])
      counter.inc({ controller: name }, 0);
    // A reconciliation knows what it wrote itself.
    options.watches.store.onChange((change) => {
      if (change.from !== 'ownWrite') this.enqueue(keyOf(change.object), priorityOf(change));
    });
    for (const { store } of options.owns) {
      store.onChange((change) => {
        if (change.from !== 'ownWrite') this.#enqueueOwner(change);
      });
    }
  }

  /** Queues an object, by its `namespace/name`. */
  enqueue(key: string, priority: Priority = 'change'): void {
    this.#queue?.add(key, priority);
  }

  /** Queues every object, behind those that have changed. */
  enqueueAll(): void {
    for (const object of this.#options.watches.store.values()) this.enqueue(keyOf(object), 'resync');
  }

  /** Works until the term is lost, or until `stop`; then finishes what is in hand. */
  async work(term: Term, stop: AbortSignal): Promise<void> {
    const { name, metrics, watches, owns } = this.#options;
    const end = AbortSignal.any([term.lost, stop]);
    const queue = new WorkQueue({ name, metrics });
    this.#queue = queue;
    await Promise.race([Promise.all([watches, ...owns].map(({ ready }) => ready)), aborted(end)]);
    metrics.mostWorkers.set({ controller: name }, WORKERS);
    this.enqueueAll();
    const resync = setInterval(() => this.enqueueAll(), this.#options.resyncMs ?? RESYNC_MS);
    await Promise.all(Array.from({ length: WORKERS }, () => this.#work(queue, term, end)));
    clearInterval(resync);
    this.#queue = undefined;
    queue.close();
  }

  async #work(queue: WorkQueue, term: Term, end: AbortSignal): Promise<void> {
    for (let key = await queue.take(end); key !== undefined; key = await queue.take(end)) {
      await this.#turn(queue, key, term);
      queue.done(key);
    }
  }

  async #turn(queue: WorkQueue, key: string, term: Term): Promise<void> {
    const { name, metrics, reconcile } = this.#options;
    const log = this.#options.log.child({ environment: key, reconcileID: randomUUID() });
    const started = performance.now();
    metrics.activeWorkers.inc({ controller: name });
    let result: Result = 'success';
    try {
      const again = await reconcile({ key, term, log });
      queue.forget(key);
      if (again !== undefined) {
        result = 'requeue_after';
        queue.addAfter(key, again.afterMs);
      }
    } catch (error) {
      result = this.#failed(queue, key, error, term, log);
    } finally {
      metrics.activeWorkers.dec({ controller: name });
      metrics.reconciles.inc({ controller: name, result });
      metrics.reconcileSeconds.observe({ controller: name }, (performance.now() - started) / 1_000);
    }
  }

  #failed(queue: WorkQueue, key: string, error: unknown, term: Term, log: Logger): Result {
    if (!term.held()) {
      log.info('Gave up: the lease is lost');
      return 'requeue';
    }
    const { name, metrics } = this.#options;
    if (error instanceof TerminalError) {
      queue.forget(key);
      metrics.reconcileErrors.inc({ controller: name });
      metrics.terminalErrors.inc({ controller: name });
      log.warn({ error: error.message }, 'Reconciliation failed for good; waiting for a change');
      return 'error';
    }
    // Somebody wrote the object in between: what is read next will be newer.
    const conflict = error instanceof ApiError && error.reason === 'Conflict';
    const askedMs = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    queue.addFailed(key, {
      leastMs: Math.min(askedMs, ASKED_CAP_MS),
      mostMs: isPassing(error) ? PASSING_CAP_MS : undefined,
    });
    if (conflict) return 'requeue';
    metrics.reconcileErrors.inc({ controller: name });
    const expected = error instanceof ApiError || isPassing(error);
    if (!expected) metrics.reconcilePanics.inc({ controller: name });
    const detail = expected ? { error: (error as Error).message } : { err: error };
    log.error({ ...detail, failures: queue.failures(key) }, 'Reconciliation failed; trying again');
    return 'error';
  }

  /** The owner as it was counts too: an object that was taken away from it is missing there now. */
  #enqueueOwner(change: Change): void {
    for (const key of new Set([change.object, change.previous].map((one) => this.#ownerKey(one)))) {
      if (key !== undefined) this.enqueue(key, priorityOf(change));
    }
  }

  #ownerKey(object: KubeObject | undefined): string | undefined {
    const owner = object === undefined ? undefined : controllerReference(object);
    if (object === undefined || owner?.kind !== this.#options.watches.kind.kind) return undefined;
    return `${object.metadata.namespace ?? ''}/${owner.name}`;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
