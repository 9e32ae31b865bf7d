import { loadApplication, openLog, runUntilStopped, startWorker } from '../../server/index.ts';
import { type ServeOptions, settingsReader } from '../serve-options.ts';

export interface WorkerCommandOptions extends Omit<ServeOptions, 'port'> {
  readonly tasks?: readonly string[];
  readonly healthPort: number;
}

/** `tidegate worker <app>`: runs an application's tasks until it is stopped; what is not done by then is handed back. */
export async function workerCommand(module: string, options: WorkerCommandOptions): Promise<void> {
  const read = settingsReader(options);
  const settings = read();
  await runUntilStopped(async () => {
    const application = await loadApplication(module);
    const { tasks, healthPort: port } = options;
    const health = { host: settings.host, port };
    const log = openLog(settings);
    const worker = await startWorker(settings, { application, tasks, health, reread: read, log });
    worker.log.info({ host: health.host, port: worker.address.port }, 'Working');
    return worker;
  });
  process.exit(0);
}
