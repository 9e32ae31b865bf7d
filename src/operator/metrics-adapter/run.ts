import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { KubeConfig } from '@kubernetes/client-node';
import { type Logger, pino } from 'pino';
import { collectDefaultMetrics } from 'prom-client';
import { TidegateError } from '../../spec/index.ts';
import { ApiClient } from '../api/api-client.ts';
import { podNamespace } from '../api/pod-namespace.ts';
import { EventRecorder } from '../environment/event-recorder.ts';
import { Backoff, PASSING_CAP_MS } from '../runtime/backoff.ts';
import { HealthServer } from '../runtime/health-server.ts';
import { Metrics } from '../runtime/metrics.ts';
import { pause } from '../runtime/pause.ts';
import { Reflector } from '../runtime/reflector.ts';
import { untilStopped } from '../runtime/until-stopped.ts';
import { AdapterServer } from './adapter-server.ts';
import { Answers } from './answers.ts';
import { Registrar } from './registrar.ts';
import { API_SERVICE } from './registration.ts';
import { TrustSource } from './trust-source.ts';

const NAME = 'tidegate-metrics-adapter';
const CONTROLLER = 'tidegate.dev/metrics-adapter';
/** How often certificates are looked after. */
const REFRESH_MS = 60_000;

export interface AdapterOptions {
  /** Name of its Service, its Secret and its ClusterRole. */
  readonly name: string;
  /** Namespace of its Service and its Secret; the pod's own, else `default`. */
  readonly namespace?: string;
  /** Port of its Service; 443 by default. */
  readonly servicePort?: number;
  /** Port that the Service leads to. */
  readonly port: number;
  /** Port of /healthz, /readyz and /metrics. */
  readonly healthPort: number;
}

/**
 * Serves the connections of server pods as custom metrics, until SIGTERM or SIGINT.
 *
 * @returns the exit code
 * @throws TidegateError when a port cannot be used, or the API server asks no other servers. One that is away is waited for.
 */
export async function runMetricsAdapter(config: KubeConfig, options: AdapterOptions): Promise<number> {
  await untilStopped((stop) => adapt(config, options, pino({ name: NAME }), stop));
  return 0;
}

/** The adapter of one cluster, until `stop`. */
export async function adapt(
  config: KubeConfig,
  { name, namespace = podNamespace() ?? 'default', servicePort = 443, port, healthPort }: AdapterOptions,
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  const metrics = new Metrics();
  collectDefaultMetrics({ register: metrics.registry });
  const client = new ApiClient(config, { observe: (exchange) => metrics.request(exchange) });
  const apiServices = new Reflector({ client, kind: API_SERVICE, log, metrics });
  const service = { namespace, name, port: servicePort };
  const trusts = new TrustSource(client, service);
  const backoff = new Backoff({ baseMs: 200, capMs: PASSING_CAP_MS });
  const failed = (error: unknown) => {
    const waitMs = backoff.next();
    const { failures } = backoff;
    // A long trouble is told ever more seldom.
    const level = Number.isInteger(Math.log2(failures)) ? 'warn' : 'debug';
    log[level]({ error: (error as Error).message, failures }, 'Failed; trying again');
    return waitMs;
  };

  const trust = await persist(() => trusts.current(), failed, stop);
  if (trust === undefined) return client.close();
  const server = new AdapterServer(new Answers(client), trust, log);
  await server.listen(port);
  const health = new HealthServer([apiServices], metrics);
  await health.listen(healthPort);
  log.info({ server: config.getCurrentCluster()?.server, port: server.port }, 'Metrics adapter started');

  const events = new EventRecorder(`${hostname()}_${randomBytes(4).toString('hex')}`, CONTROLLER);
  const registrar = new Registrar({
    api: client,
    apiServices: apiServices.store,
    service,
    events,
    log,
    metrics,
  });
  let changed = new AbortController();
  apiServices.store.onChange(() => changed.abort());
  const watching = apiServices.run(stop);
  await Promise.race([apiServices.ready, watching]);
  while (!stop.aborted) {
    changed = new AbortController();
    const waitMs = await look(async () => {
      const { authority, ...newest } = await trusts.current();
      server.trust(newest);
      await registrar.settle(authority);
      backoff.reset();
    }, failed);
    await pause(waitMs, AbortSignal.any([stop, changed.signal]));
  }
  await watching;
  await server.close();
  health.close();
  client.close();
  log.info('Metrics adapter stopped');
}

/** @returns how long to wait before the next look, in milliseconds */
async function look(work: () => Promise<void>, failed: (error: unknown) => number): Promise<number> {
  try {
    await work();
    return REFRESH_MS;
  } catch (error) {
    return failed(error);
  }
}

/** Tries until it works, or `stop`. What a person has to mend is thrown. */
async function persist<T>(
  work: () => Promise<T>,
  failed: (error: unknown) => number,
  stop: AbortSignal,
): Promise<T | undefined> {
  while (!stop.aborted) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TidegateError) throw error;
      await pause(failed(error), stop);
    }
  }
  return undefined;
}
