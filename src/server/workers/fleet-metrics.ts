import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client';
import type { WorkerProcess, WorkerState } from './worker-process.ts';

/** A worker that is stuck is left out, so that a scrape is still answered in time. */
const WITHIN_MS = 1_000;
const STATES: readonly WorkerState[] = ['spare', 'starting', 'listening', 'ready', 'draining'];

/** Metrics of all workers, each series with its worker's label, and of the supervisor. */
export async function fleetMetrics(workers: readonly WorkerProcess[], restarts: number): Promise<string> {
  const serving = workers.filter(({ state }) => state !== 'spare');
  const all = await Promise.all(serving.map((worker) => worker.metrics(WITHIN_MS)));
  const own = await ownMetrics(workers, restarts).metrics();
  return `${own}\n${await AggregatorRegistry.aggregate(all as object[]).metrics()}`;
}

function ownMetrics(workers: readonly WorkerProcess[], restarts: number): Registry {
  const register = new Registry();
  const registers = [register];
  const states = new Gauge({
    name: 'tidegate_workers',
    help: 'Workers by state',
    labelNames: ['state'],
    registers,
  });
  for (const state of STATES) {
    states.set({ state }, workers.filter((worker) => worker.state === state).length);
  }
  const ended = new Counter({
    name: 'tidegate_worker_restarts_total',
    help: 'Workers that ended without being told to, and were replaced',
    registers,
  });
  ended.inc(restarts);
  return register;
}
