import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ApiExchange } from '../api/api-client.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * Instruments under the names that controller-runtime and client-go gave them, so that dashboards and alerts made for
 * operators in Go fit.
 *
 * @see https://book.kubebuilder.io/reference/metrics-reference
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #in = { registers: [this.registry] };

  readonly reconciles = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Reconciliations by result: success, error, requeue or requeue_after',
    labelNames: ['controller', 'result'],
    ...this.#in,
  });
  readonly reconcileErrors = new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Reconciliations that failed',
    labelNames: ['controller'],
    ...this.#in,
  });
  readonly terminalErrors = new Counter({
    name: 'controller_runtime_terminal_reconcile_errors_total',
    help: 'Reconciliations that failed and are not tried again before something changes: a refused spec',
    labelNames: ['controller'],
    ...this.#in,
  });
  readonly reconcilePanics = new Counter({
    name: 'controller_runtime_reconcile_panics_total',
    help: 'Reconciliations that failed by a fault of the operator itself',
    labelNames: ['controller'],
    ...this.#in,
  });
  readonly reconcileSeconds = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Time a reconciliation took',
    labelNames: ['controller'],
    buckets: SECONDS,
    ...this.#in,
  });
  readonly activeWorkers = new Gauge({
    name: 'controller_runtime_active_workers',
    help: 'Workers that are reconciling',
    labelNames: ['controller'],
    ...this.#in,
  });
  readonly mostWorkers = new Gauge({
    name: 'controller_runtime_max_concurrent_reconciles',
    help: 'Workers there are at most',
    labelNames: ['controller'],
    ...this.#in,
  });
  readonly queueDepth = new Gauge({
    name: 'workqueue_depth',
    help: 'Items waiting in the queue',
    labelNames: ['name'],
    ...this.#in,
  });
  readonly queueAdds = new Counter({
    name: 'workqueue_adds_total',
    help: 'Items added to the queue',
    labelNames: ['name'],
    ...this.#in,
  });
  readonly queueRetries = new Counter({
    name: 'workqueue_retries_total',
    help: 'Items added again after a failure',
    labelNames: ['name'],
    ...this.#in,
  });
  readonly queueSeconds = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'Time an item waited in the queue',
    labelNames: ['name'],
    buckets: SECONDS,
    ...this.#in,
  });
  readonly workSeconds = new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'Time an item was worked on',
    labelNames: ['name'],
    buckets: SECONDS,
    ...this.#in,
  });
  /** When each queue began what it works on now. */
  readonly #work = new Map<string, () => readonly number[]>();
  readonly unfinishedWork: Gauge<'name'> = new Gauge({
    name: 'workqueue_unfinished_work_seconds',
    help: 'Time that what is worked on has taken so far, in sum; large when workers are stuck',
    labelNames: ['name'],
    collect: () => this.#tellWork(this.unfinishedWork, (ages) => ages.reduce((sum, age) => sum + age, 0)),
    ...this.#in,
  });
  readonly longestWork: Gauge<'name'> = new Gauge({
    name: 'workqueue_longest_running_processor_seconds',
    help: 'Time that the longest of what is worked on has taken so far',
    labelNames: ['name'],
    collect: () => this.#tellWork(this.longestWork, (ages) => Math.max(0, ...ages)),
    ...this.#in,
  });
  readonly requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server; code <error> is a connection that failed',
    labelNames: ['code', 'host', 'method'],
    ...this.#in,
  });
  readonly requestSeconds = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Time until the API server began to answer',
    labelNames: ['host', 'verb'],
    buckets: SECONDS,
    ...this.#in,
  });
  readonly lists = new Counter({
    name: 'reflector_lists_total',
    help: 'Lists by the reflectors',
    labelNames: ['name'],
    ...this.#in,
  });
  readonly watches = new Counter({
    name: 'reflector_watches_total',
    help: 'Watches by the reflectors',
    labelNames: ['name'],
    ...this.#in,
  });
  readonly watchErrors = new Counter({
    name: 'reflector_errors_total',
    help: 'Lists and watches that failed',
    labelNames: ['name'],
    ...this.#in,
  });
  readonly cachedItems = new Gauge({
    name: 'reflector_items',
    help: 'Objects in the cache of a reflector',
    labelNames: ['name'],
    ...this.#in,
  });
  readonly leading = new Gauge({
    name: 'leader_election_master_status',
    help: 'Whether this process leads',
    labelNames: ['name'],
    ...this.#in,
  });

  /**
   * Tells how long work has been under way whenever somebody asks.
   *
   * @param started when each piece of it began, by `performance.now()`
   */
  watchWork(name: string, started: () => readonly number[]): void {
    this.#work.set(name, started);
  }

  #tellWork(gauge: Gauge<'name'>, of: (ages: readonly number[]) => number): void {
    const now = performance.now();
    for (const [name, started] of this.#work)
      gauge.set({ name }, of(started().map((at) => (now - at) / 1_000)));
  }

  /** Counts a request to the API server. */
  request({ method, host, status, seconds }: ApiExchange): void {
    this.requests.inc({ code: status === 0 ? '<error>' : String(status), host, method });
    if (status !== 0) this.requestSeconds.observe({ host, verb: method }, seconds);
  }
}
