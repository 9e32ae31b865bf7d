import type { Logger } from 'pino';
import type { Settings } from '../../spec/settings.ts';

const READ_AGAIN_AFTER_MS = 5_000;

/**
 * Gives the settings as they are now, so that a secret that was rotated is used from the next connection on. They are
 * read again at most every 5 seconds; while they cannot be read, the last ones hold.
 */
export function currentSettings(settings: Settings, reread: () => Settings, log: Logger): () => Settings {
  let last = settings;
  let readAt = performance.now();
  return () => {
    if (performance.now() - readAt < READ_AGAIN_AFTER_MS) return last;
    readAt = performance.now();
    try {
      last = reread();
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'The settings could not be read again');
    }
    return last;
  };
}
