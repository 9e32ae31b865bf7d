import { fork } from 'node:child_process';
import {
  loadApplication,
  openLog,
  runUntilStopped,
  shareOf,
  startServer,
  supervise,
  takeSeat,
  type WorkerSeat,
  workerCount,
  workerEnvironment,
} from '../../server/index.ts';
import { EXIT } from '../report.ts';
import { type ServeOptions, settingsReader } from '../serve-options.ts';

/**
 * `tidegate serve [app]`: runs the server, with a team's application if there is one, until it is stopped and drained. It
 * serves by itself, or as one of several workers, or supervises these.
 */
export async function serveCommand(module: string | undefined, options: ServeOptions): Promise<void> {
  const seat = takeSeat();
  if (seat !== undefined) await serve(module, options, seat);
  else if (workerCount(settingsReader(options)()) > 1) await superviseWorkers(options);
  else await serve(module, options);
  process.exit(EXIT.ok);
}

async function serve(module: string | undefined, options: ServeOptions, seat?: WorkerSeat): Promise<void> {
  const readAll = settingsReader(options);
  const read = seat === undefined ? readAll : () => shareOf(readAll(), seat.ticket.of);
  const settings = read();
  await runUntilStopped(async () => {
    const application = module === undefined ? undefined : await loadApplication(module);
    const log = openLog(settings, seat?.ticket.slot);
    const server = await startServer(
      { ...settings, port: options.port ?? settings.port },
      { application, reread: read, fleet: seat, log },
    );
    server.log.info({ host: server.address.host, port: server.address.port }, 'Listening');
    return server;
  }, seat?.stopped);
}

async function superviseWorkers(options: ServeOptions): Promise<void> {
  const read = settingsReader(options);
  const settings = read();
  const [script = '', ...args] = process.argv.slice(1);
  await runUntilStopped(async () => {
    const fleet = await supervise({
      settings,
      place: { host: settings.host, port: options.port ?? settings.port },
      fork: (ticket) => fork(script, args, { env: workerEnvironment(ticket) }),
      check: read,
      log: openLog(settings),
    });
    // The worker has said why.
    return fleet ?? process.exit(EXIT.failed);
  });
}
