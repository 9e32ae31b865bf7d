import type { WorkerProcess, WorkerState } from './worker-process.ts';

/** One worker, for people. */
export interface WorkerStatus {
  /** None of a spare. */
  readonly slot?: number | undefined;
  readonly pid: number;
  readonly state: WorkerState;
  /** ISO 8601. */
  readonly upSince: string;
  /** How often the worker of this slot ended without being told to. */
  readonly restarts: number;
  readonly connections: number;
  /** As `WorkerReport.lagMs`; the time since its last heartbeat when that is longer. */
  readonly lagMs: number;
  readonly memoryMegabytes: number;
}

const MEGABYTE = 1_048_576;

export function statusOf(worker: WorkerProcess, restarts: number, beatMs: number): WorkerStatus {
  const silentMs = performance.now() - worker.lastBeatAt - beatMs;
  return {
    slot: worker.slot,
    pid: worker.pid,
    state: worker.state,
    upSince: new Date(performance.timeOrigin + worker.startedAt).toISOString(),
    restarts,
    connections: worker.report.connections,
    lagMs: Math.round(Math.max(worker.report.lagMs, silentMs)),
    memoryMegabytes: Math.round(worker.report.memoryBytes / MEGABYTE),
  };
}
