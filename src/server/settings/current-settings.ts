import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { type Settings, settingInfos } from '../../spec/settings.ts';
import { at } from './given-settings.ts';

const READ_AGAIN_AFTER_MS = 5_000;

/**
 * The settings as they are now, so that a secret that was rotated is used from the next connection on. They are read again
 * when they are asked for, at most every 5 seconds; while they cannot be read, the last ones hold.
 */
export class CurrentSettings {
  readonly #reread: () => Settings;
  readonly #log: Logger;
  #last: Settings;
  #readAt = performance.now();
  /** When the value of each live setting was first read, in seconds since 1970. */
  readonly #since = new Map<string, number>();

  constructor(settings: Settings, reread: () => Settings, log: Logger) {
    this.#last = settings;
    this.#reread = reread;
    this.#log = log;
    this.#note(settings, undefined);
  }

  readonly get = (): Settings => {
    if (performance.now() - this.#readAt < READ_AGAIN_AFTER_MS) return this.#last;
    this.#readAt = performance.now();
    try {
      const read = this.#reread();
      this.#note(read, this.#last);
      this.#last = read;
    } catch (error) {
      this.#log.warn({ reason: (error as Error).message }, 'The settings could not be read again');
    }
    return this.#last;
  };

  /** Of each live setting that has a value, when that value was first read, in seconds since 1970. */
  readonly since = (): Iterable<readonly [string, number]> => {
    this.get();
    return this.#since;
  };

  #note(read: Settings, before: Settings | undefined): void {
    for (const { path, live } of settingInfos()) {
      const value = at(read, path);
      if (!live || isDeepStrictEqual(value, before && at(before, path))) continue;
      if (value === undefined) this.#since.delete(path.join('.'));
      else this.#since.set(path.join('.'), Date.now() / 1_000);
    }
  }
}
