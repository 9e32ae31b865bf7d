import { createLogger, migrateOnce, stopSignal } from '../../server/index.ts';
import { variableOf } from '../../spec/index.ts';
import { type ServeOptions, settingsReader } from '../serve-options.ts';

/** `tidegate migrate`: runs a command that changes the database, once for each id and one at a time. */
export async function migrate(
  command: readonly string[],
  { id, ...options }: Pick<ServeOptions, 'settings'> & { readonly id: string },
): Promise<void> {
  const read = settingsReader(options);
  const stop = new AbortController();
  void stopSignal().then(() => stop.abort());
  process.exitCode = await migrateOnce({
    current: () => read().postgres,
    id,
    command,
    authorities: process.env[`${variableOf(['postgres', 'tlsCa'])}_FILE`],
    log: createLogger(read().logLevel),
    stop: stop.signal,
  });
}
