import { fork } from 'node:child_process';
import { collectSeldom } from '../../platform/seldom-collected.ts';
import {
  loadApplication,
  openLog,
  reloadOnChange,
  runUntilStopped,
  shareOf,
  startServer,
  supervise,
  takeSeat,
  type WorkerSeat,
  type WorkerTicket,
  workerCount,
  workerEnvironment,
} from '../../server/index.ts';
import { EXIT } from '../report.ts';
import { type ServeOptions, settingsFiles, settingsReader } from '../serve-options.ts';

/**
 * `tidegate serve [app]`: runs the server, with a team's application if there is one, until it is stopped and drained. It
 * serves by itself, or as one of several workers, or supervises these.
 */
export async function serveCommand(module: string | undefined, options: ServeOptions): Promise<void> {
  const seat = takeSeat();
  if (seat !== undefined) await serve(module, options, seat);
  else if (options.reload) await reload(module, options);
  else if (workerCount(settingsReader(options)()) > 1) await superviseWorkers(options);
  else await serve(module, options);
  process.exit(EXIT.ok);
}

async function serve(module: string | undefined, options: ServeOptions, seat?: WorkerSeat): Promise<void> {
  collectSeldom();
  await runUntilStopped(async () => {
    const application = module === undefined ? undefined : await loadApplication(module);
    const place = await seat?.takePlace();
    const readAll = settingsReader(options);
    const read = place === undefined ? readAll : () => shareOf(readAll(), place.of);
    const settings = read();
    const log = openLog(settings, place !== undefined && place.of > 1 ? place.slot : undefined);
    const server = await startServer(
      { ...settings, port: options.port ?? settings.port },
      { application, reread: read, fleet: seat, log },
    );
    server.log.info({ host: server.address.host, port: server.address.port }, 'Listening');
    return server;
  }, seat?.stopped);
}

async function superviseWorkers(options: ServeOptions): Promise<void> {
  await runUntilStopped(async () => {
    const fleet = await supervise(fleetOptions(options));
    // The worker has said why.
    return fleet ?? process.exit(EXIT.failed);
  });
}

async function reload(module: string | undefined, options: ServeOptions): Promise<void> {
  const files = [...(module === undefined ? [] : [module]), ...settingsFiles(options)];
  await runUntilStopped(() => reloadOnChange({ ...fleetOptions(options), files }));
}

function fleetOptions(options: ServeOptions) {
  const read = settingsReader(options);
  const settings = read();
  const [script = '', ...args] = process.argv.slice(1);
  return {
    settings,
    place: { host: settings.host, port: options.port ?? settings.port },
    fork: (ticket: WorkerTicket) => fork(script, args, { env: workerEnvironment(ticket) }),
    check: read,
    log: openLog(settings),
  };
}
