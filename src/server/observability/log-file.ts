import { closeSync, fstatSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { makeDirectory } from '../../platform/make-directory.ts';
import { TidegateError } from '../../spec/errors.ts';
import type { Settings } from '../../spec/settings.ts';

type FileSettings = Extract<Settings['logging']['destinations'][number], { to: 'file' }>;

const MEGABYTE = 1_048_576;
const HOUR_MS = 3_600_000;
const PERIOD_MS = { hour: HOUR_MS, day: 24 * HOUR_MS };

interface Place {
  /** The slot of one of several workers, which is then part of the name. */
  readonly worker?: number | undefined;
  /** The setting, for errors. */
  readonly setting: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * A log in files with numbers: `app.1.log`, `app.2.log`; of worker 2 `app-worker2.1.log`. It goes on with the newest, and
 * begins another one at its size, and by time at the first line of a new hour or day, in UTC like the times of the lines.
 * Two processes may write to the same files, as the old worker and the new one of a slot do.
 */
export class LogFile {
  readonly #settings: FileSettings;
  readonly #directory: string;
  readonly #stem: string;
  readonly #ending: string;
  readonly #now: () => number;
  #number = 0;
  #file = -1;
  #size = 0;
  #writtenAt = 0;
  /** Whether it ends in part of a line. */
  #torn = false;

  /** @throws TidegateError TG2008 when it cannot be written to */
  constructor(settings: FileSettings, { worker, setting, now = Date.now }: Place) {
    const { path } = settings;
    this.#settings = settings;
    this.#directory = dirname(path);
    this.#ending = extname(path);
    this.#stem = `${basename(path, this.#ending)}${worker === undefined ? '' : `-worker${worker}`}`;
    this.#now = now;
    try {
      makeDirectory(this.#directory);
      this.#open(this.#numbers().at(-1) ?? 1);
      this.#writtenAt = this.#size === 0 ? this.#now() : fstatSync(this.#file).mtimeMs;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw TidegateError.of('TG2008', setting, `${path} cannot be written to (${code})`);
    }
  }

  /** @throws what keeps it from being written */
  write(line: string): void {
    while (this.#isOver()) {
      this.#open(this.#number + 1);
      this.#writtenAt = this.#now();
      this.#removeOld();
    }
    const bytes = Buffer.from(this.#torn ? `\n${line}` : line);
    for (let written = 0; written < bytes.length; ) {
      const count = writeSync(this.#file, bytes, written);
      this.#torn = true;
      this.#size += count;
      written += count;
    }
    this.#torn = false;
    this.#writtenAt = this.#now();
  }

  #isOver(): boolean {
    const { maxMegabytes, every } = this.#settings;
    if (this.#size >= maxMegabytes * MEGABYTE) return true;
    const period = (time: number) => every && Math.floor(time / PERIOD_MS[every]);
    return period(this.#now()) !== period(this.#writtenAt);
  }

  #open(number: number): void {
    const file = openSync(join(this.#directory, this.#name(number)), 'a');
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = file;
    this.#number = number;
    this.#size = fstatSync(file).size;
    this.#torn = false;
  }

  #removeOld(): void {
    const before = this.#numbers().filter((number) => number < this.#number);
    for (const number of before.slice(0, -this.#settings.keep)) {
      rmSync(join(this.#directory, this.#name(number)), { force: true });
    }
  }

  /** Of the files there are, the least first. */
  #numbers(): readonly number[] {
    const numbers = readdirSync(this.#directory).map((name) => {
      const number = Number(name.slice(this.#stem.length + 1, name.length - this.#ending.length));
      return Number.isInteger(number) && name === this.#name(number) ? number : 0;
    });
    return numbers.filter((number) => number > 0).sort((a, b) => a - b);
  }

  #name(number: number): string {
    return `${this.#stem}.${number}${this.#ending}`;
  }
}
