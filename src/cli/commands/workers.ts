import { askWorkerStatus } from '../../server/index.ts';
import { columns } from '../columns.ts';
import { settingsReader } from '../serve-options.ts';

/** `tidegate workers status`: shows the workers behind a port of this machine. */
export async function workersStatus(options: { port?: number; output: string }): Promise<void> {
  const workers = await askWorkerStatus(options.port ?? settingsReader({})().port);
  if (options.output === 'json') {
    console.log(JSON.stringify({ workers }, null, 2));
    return;
  }
  const head = ['WORKER', 'PID', 'STATE', 'UP SINCE', 'RESTARTS', 'CONNECTIONS', 'LAG', 'MEMORY'];
  const rows = workers.map((worker) => [
    String(worker.slot ?? '–'),
    String(worker.pid),
    worker.state,
    worker.upSince,
    String(worker.restarts),
    String(worker.connections),
    `${worker.lagMs} ms`,
    `${worker.memoryMegabytes} MB`,
  ]);
  process.stdout.write(columns(head, rows));
}
