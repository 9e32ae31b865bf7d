import type { Logger } from 'pino';
import type { Changes } from './changes.ts';
import type { WorkerProcess } from './worker-process.ts';

/** What a worker may take beyond its drain: before it, for last answers, and after it, for storing what waits. */
const GRACE_MS = 7_000;

interface Circumstances {
  /** Whether other workers take its clients. */
  readonly othersGoOn: boolean;
  /** What its drain may take. */
  readonly drainSeconds: number;
  readonly changes: Changes;
  readonly log: Logger;
}

/** Drains a worker, and resolves once it is gone; it is killed when it takes too long. */
export async function endWorker(
  worker: WorkerProcess,
  { othersGoOn, drainSeconds, changes, log }: Circumstances,
): Promise<void> {
  const gone = () => worker.state === 'gone';
  if (gone()) return;
  worker.drain(othersGoOn);
  await changes.until(gone, drainSeconds * 1_000 + GRACE_MS);
  if (gone()) return;
  log.error({ worker: worker.slot, pid: worker.pid }, 'A worker did not end, and is killed');
  worker.kill('it did not end');
  await changes.until(gone);
}
