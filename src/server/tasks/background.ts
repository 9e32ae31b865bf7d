import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

/** Something to do that no client waits for. */
export type Work = () => unknown;

/**
 * Adds work that runs once the response is sent, or at once where there is none to wait for. What one request adds runs in
 * that order, one after the other. What fails is logged, under the name that was given, and changes nothing else.
 */
export interface AddBackground {
  (work: Work): void;
  (name: string, work: Work): void;
}

/** Where failures are logged; asked for its logger only when there is one to log. */
interface LogSource {
  readonly log: Logger;
}

interface Entry {
  readonly name: string;
  readonly work: Work;
}

/** All background work of a process: counted, and waited for at its end. */
export class Background {
  failed = 0;
  /** Work that was cut off by the end of the process. */
  unfinished = 0;
  readonly #log: Logger;
  readonly #lines = new Set<BackgroundLine>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Work that has begun, or is about to. */
  get running(): number {
    return [...this.#lines].reduce((sum, line) => sum + line.size, 0);
  }

  /** A line of work of its own; held back until it is released if it is to wait for a response. */
  line(source: LogSource, hold: 'until released' | 'not at all' = 'not at all'): BackgroundLine {
    return new BackgroundLine(this, source, hold);
  }

  /** Keeps a line in mind while it runs. */
  track(line: BackgroundLine, ended: Promise<void>): void {
    this.#lines.add(line);
    void ended.then(() => this.#lines.delete(line));
  }

  /** Waits for all work, for at most so many milliseconds; what is left then is counted and logged. */
  async finish(timeoutMs: number): Promise<void> {
    const waited = new AbortController();
    const tooLong = sleep(timeoutMs, 'too long', { signal: waited.signal }).catch(() => 'ended');
    while (this.#lines.size > 0) {
      const ended = Promise.all([...this.#lines].map((line) => line.release()));
      if ((await Promise.race([ended, tooLong])) === 'too long') break;
    }
    waited.abort();
    const left = this.running;
    if (left === 0) return;
    this.unfinished += left;
    this.#log.error({ work: left }, 'Background work was not finished before the end');
  }
}

/** The background work of one request, connection or application. */
export class BackgroundLine {
  readonly #background: Background;
  readonly #source: LogSource;
  readonly #entries: Entry[] = [];
  #held: boolean;
  #begun = 0;
  #running: Promise<void> | undefined;

  constructor(background: Background, source: LogSource, hold: 'until released' | 'not at all') {
    this.#background = background;
    this.#source = source;
    this.#held = hold === 'until released';
  }

  /** What has not ended. */
  get size(): number {
    return this.#entries.length + this.#begun;
  }

  readonly add: AddBackground = (first: string | Work, second?: Work) => {
    const [name, work] = typeof first === 'string' ? [first, second] : [first.name || 'unnamed', first];
    if (work === undefined) throw new TypeError(`There is no function to run as ${name}`);
    this.#entries.push({ name, work });
    if (!this.#held) this.#start();
  };

  /** Begins with what was held back. Resolves once all is done. */
  async release(): Promise<void> {
    this.#held = false;
    this.#start();
    while (this.#running !== undefined) await this.#running;
  }

  /** Forgets what was held back. */
  drop(): void {
    if (this.#held) this.#entries.length = 0;
  }

  #start(): void {
    if (this.#running !== undefined || this.#entries.length === 0) return;
    this.#running = this.#run();
    this.#background.track(this, this.#running);
  }

  async #run(): Promise<void> {
    // Whoever adds work goes on first.
    await Promise.resolve();
    for (let entry = this.#entries.shift(); entry !== undefined; entry = this.#entries.shift()) {
      this.#begun = 1;
      try {
        await entry.work();
      } catch (error) {
        this.#background.failed += 1;
        this.#source.log.error({ err: error, work: entry.name }, 'Background work failed');
      }
      this.#begun = 0;
    }
    this.#running = undefined;
  }
}
