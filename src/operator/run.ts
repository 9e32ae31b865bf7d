import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { KubeConfig } from '@kubernetes/client-node';
import { type Logger, pino } from 'pino';
import { collectDefaultMetrics } from 'prom-client';
import { type Extension, HOLDS_DATA, treeKinds } from '../constructs/index.ts';
import { ApiClient, type Patience } from './api/api-client.ts';
import { keyOf } from './api/kube-object.ts';
import { podNamespace } from './api/pod-namespace.ts';
import { Caches } from './environment/caches.ts';
import { EnvironmentReconciler } from './environment/environment-reconciler.ts';
import { EventRecorder } from './environment/event-recorder.ts';
import { Controller } from './runtime/controller.ts';
import { HealthServer } from './runtime/health-server.ts';
import { LeaderElection, type LeaseTiming } from './runtime/leader-election.ts';
import { Metrics } from './runtime/metrics.ts';
import type { ReflectorTiming } from './runtime/reflector.ts';
import { untilStopped } from './runtime/until-stopped.ts';

const NAME = 'tidegate-operator';
const CONTROLLER = 'realtimeenvironment';

export interface OperatorOptions {
  /** Namespace of the lease; the pod's own, else `default`. */
  readonly namespace?: string;
  /** Watches one namespace; all by default. */
  readonly watchNamespace?: string;
  /** Port of /healthz, /readyz and /metrics. */
  readonly healthPort: number;
  /** What a company adds to environments; nothing by default. */
  readonly extension?: Extension | undefined;
}

/**
 * Reconciles environments until SIGTERM or SIGINT; then finishes what is in hand and hands the lease over.
 *
 * @returns the exit code
 * @throws TidegateError when the port cannot be used. An API server that is away is waited for.
 */
export async function runOperator(config: KubeConfig, options: OperatorOptions): Promise<number> {
  await untilStopped((stop) => operate(config, options, pino({ name: NAME }), stop));
  return 0;
}

/** Milliseconds that proofs shorten, to see in seconds what takes minutes. */
export interface OperatorTiming {
  readonly reflector?: Partial<ReflectorTiming>;
  readonly lease?: LeaseTiming;
  readonly resyncMs?: number;
  readonly patience?: Patience;
  /** The time, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** The operator against one cluster, until `stop`. */
export async function operate(
  config: KubeConfig,
  { namespace, watchNamespace, healthPort, extension = {} }: OperatorOptions,
  log: Logger,
  stop: AbortSignal,
  timing: OperatorTiming = {},
): Promise<void> {
  const identity = `${hostname()}_${randomBytes(4).toString('hex')}`;
  const metrics = new Metrics();
  collectDefaultMetrics({ register: metrics.registry });
  const connect = () =>
    new ApiClient(config, {
      observe: (exchange) => metrics.request(exchange),
      patience: timing.patience,
    });
  const client = connect();
  // The lease is renewed on connections of its own, however many requests wait for theirs.
  const leaseClient = connect();
  const caches = new Caches(treeKinds(extension), {
    client,
    namespace: watchNamespace,
    log,
    metrics,
    timing: timing.reflector,
    onServed: () => controller.enqueueAll(),
  });
  const reconciler = new EnvironmentReconciler(client, caches, new EventRecorder(identity), {
    extension,
    now: timing.now,
  });
  const controller = new Controller({
    name: CONTROLLER,
    watches: caches.environments,
    owns: [...caches.tree, caches.secrets],
    reconcile: reconciler.reconcile,
    log,
    metrics,
    resyncMs: timing.resyncMs,
  });
  caches.secrets.store.onChange(({ object, from }) => {
    // Every environment is looked at after the first lists anyway.
    if (from === 'firstList') return;
    for (const reader of caches.environments.store.find(keyOf(object))) controller.enqueue(keyOf(reader));
  });
  for (const { store } of caches.tree.filter(({ kind }) => HOLDS_DATA.has(kind.kind))) {
    store.onChange(({ object, from }) => {
      if (from === 'firstList' || from === 'ownWrite') return;
      for (const environment of caches.appliedWith(object)) controller.enqueue(keyOf(environment));
    });
  }
  const election = new LeaderElection({
    client: leaseClient,
    namespace: namespace ?? podNamespace() ?? 'default',
    name: watchNamespace === undefined ? NAME : `${NAME}-${watchNamespace}`,
    identity,
    log,
    metrics,
    timing: timing.lease,
  });
  const health = new HealthServer(caches.all, metrics);
  await health.listen(healthPort);
  log.info({ server: config.getCurrentCluster()?.server, health: health.port }, 'Operator started');

  // The watches outlive the stop: work in hand still reads from the caches.
  const watching = new AbortController();
  const reflectors = caches.all.map((reflector) => reflector.run(watching.signal));
  await election.run((term) => controller.work(term, stop), stop);
  watching.abort();
  await Promise.all(reflectors);
  health.close();
  for (const one of [client, leaseClient]) one.close();
  log.info('Operator stopped');
}
