import { resolve } from 'node:path';
import { TidegateError } from '../../spec/errors.ts';
import type { Settings } from '../../spec/settings.ts';
import { FileWatch } from './file-watch.ts';
import { Reloader, type ReloaderOptions } from './reloader.ts';
import type { RunningFleet } from './supervise.ts';

export interface ReloadOptions extends Pick<ReloaderOptions, 'place' | 'fork' | 'log'> {
  readonly settings: Settings;
  /** Files that are watched, beside those that the application imports. */
  readonly files: readonly string[];
  /** Throws when the settings, as they are now, would keep the application from starting. */
  readonly check: () => void;
}

/**
 * Serves, and serves anew whenever a file of the application or of the settings changes, and upon SIGHUP.
 *
 * @throws TidegateError TG2203 in production; and as `listenOnPort`
 */
export async function reloadOnChange({
  settings,
  files,
  check,
  ...options
}: ReloadOptions): Promise<RunningFleet> {
  const { log } = options;
  if (process.env.NODE_ENV === 'production') {
    throw TidegateError.of('TG2203', '', 'NODE_ENV says that this is production');
  }
  const change = (because: object) => {
    try {
      check();
      log.info(because, 'Reloading');
      void reloader.reload();
    } catch (error) {
      log.error({ reason: (error as Error).message }, 'The settings are wrong; waiting for a change');
    }
  };
  const watch = new FileWatch((file) => change({ file }));
  const reloader = new Reloader({
    ...options,
    drainSeconds: settings.drain.timeoutSeconds,
    imported: (file) => watch.add(file),
  });
  process.once('exit', () => reloader.kill());
  process.on('SIGHUP', () => change({ signal: 'SIGHUP' }));
  for (const file of files) watch.add(resolve(file));
  const address = await reloader.start();
  log.info({ host: address.host, port: address.port }, 'Listening, and watching for changes');
  return {
    log,
    async drain() {
      watch.close();
      await reloader.drain();
    },
  };
}
