import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { ERRORS, type Problem, TidegateError } from '../../spec/errors.ts';
import type { Settings } from '../../spec/settings.ts';
import { redisAddress } from '../store/redis-target.ts';
import { StatusSocket } from './status-socket.ts';
import { Supervisor, type SupervisorOptions } from './supervisor.ts';

/** How many workers the settings ask for. */
export function workerCount({ workers: { count } }: Settings): number {
  return count === 'auto' ? availableParallelism() : count;
}

/** What a fleet is, as its own process runs it. */
export interface RunningFleet {
  readonly log: Logger;
  drain(): Promise<void>;
}

export interface SuperviseOptions extends Pick<SupervisorOptions, 'place' | 'fork' | 'log'> {
  readonly settings: Settings;
  /** Throws when the settings, as they are now, would keep a new worker from starting. */
  readonly check: () => void;
}

/**
 * Starts several workers, and obeys signals: SIGHUP rolls them, SIGUSR2 logs how they are, SIGTTIN adds one and SIGTTOU
 * drains one.
 *
 * @returns undefined when the first worker could not start
 * @throws TidegateError TG2201 when workers could not share what they must; and as `listenOnPort`
 */
export async function supervise({
  settings,
  check,
  ...options
}: SuperviseOptions): Promise<RunningFleet | undefined> {
  shareable(settings);
  const supervisor = new Supervisor({
    ...options,
    count: workerCount(settings),
    timeoutSeconds: settings.workers.timeoutSeconds,
    drainSeconds: settings.drain.timeoutSeconds,
  });
  const { log } = options;
  // Whatever ends this process, be it a second signal or a bug, leaves no worker behind.
  process.once('exit', () => supervisor.kill());
  process.on('SIGHUP', () => {
    try {
      check();
      void supervisor.roll();
    } catch (error) {
      log.error(
        { reason: (error as Error).message },
        'The settings are wrong, so the workers are not rolled',
      );
    }
  });
  process.on('SIGUSR2', () => log.info({ workers: supervisor.status() }, 'The workers'));
  process.on('SIGTTIN', () => supervisor.resize(supervisor.count + 1));
  process.on('SIGTTOU', () => supervisor.resize(supervisor.count - 1));
  const address = await supervisor.start();
  if (address === undefined) return undefined;
  const status = await StatusSocket.open(address.port, () => supervisor.status(), log);
  log.info({ host: address.host, port: address.port, workers: supervisor.count }, 'Listening');
  return {
    log,
    async drain() {
      await supervisor.drain();
      status?.close();
    },
  };
}

function shareable({ redis, postgres }: Settings): void {
  const lacking = (path: string, what: string): Problem => ({
    code: 'TG2201',
    path,
    reason: `Several workers share ${what}, and this is not set`,
    remedy: ERRORS.TG2201.remedy,
  });
  const problems: Problem[] = [];
  if (redisAddress(redis) === undefined)
    problems.push(lacking('redis.host', 'rooms and channels through Redis'));
  if (postgres.host === undefined) problems.push(lacking('postgres.host', 'messages in Postgres'));
  if (problems.length > 0) throw new TidegateError(problems);
}
