import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Backend } from '../observability/backend.ts';
import { retryDelay } from './back-off.ts';
import type { ChatMessage } from './chat-message.ts';
import type { Database } from './database.ts';
import { insertMessages, messagesBefore, prepareSchema, recentMessages } from './sql.ts';

interface HistoryOptions {
  readonly database: Database;
  readonly backend: Backend;
  readonly log: Logger;
  /** Messages that may wait while Postgres is away; 10,000 by default. */
  readonly mostWaiting?: number;
}

export interface HistoryPage {
  readonly messages: readonly ChatMessage[];
  /** `before` of the next page; undefined on the last. */
  readonly next: string | undefined;
}

const MOST_WAITING = 10_000;
const MOST_IN_BATCH = 500;
const CHECK_EVERY_MS = 5_000;
/** Who joins does not wait longer for the past. */
const READ_TIMEOUT_MS = 2_000;

/**
 * Keeps chat messages in Postgres. Delivery never waits for it: messages are queued and written in batches, in order,
 * again and again while Postgres is away. The queue is bounded; what it cannot hold is counted and logged.
 */
export class History {
  /** Messages written. */
  stored = 0;
  /** Messages given up: the queue was full, Postgres refused them, or the process ended first. */
  lost = 0;
  /** Times that Postgres failed; what was to be written is tried again. */
  failures = 0;
  readonly #options: HistoryOptions;
  readonly #stop = new AbortController();
  #queue: ChatMessage[] = [];
  /** Taken from the queue to be written, and kept until it is. */
  #batch: ChatMessage[] = [];
  #wake = () => {};
  #running: Promise<void> | undefined;
  #overflowing = false;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** Messages that are not written yet. */
  get waiting(): number {
    return this.#batch.length + this.#queue.length;
  }

  start(): void {
    this.#running = this.#run();
  }

  append(message: ChatMessage): void {
    if (this.waiting >= (this.#options.mostWaiting ?? MOST_WAITING)) {
      this.lost += 1;
      if (!this.#overflowing)
        this.#options.log.error('Too many chat messages wait for Postgres; new ones are not stored');
      this.#overflowing = true;
      return;
    }
    this.#overflowing = false;
    this.#queue.push(message);
    this.#wake();
  }

  /** The last messages of a room, oldest first; while Postgres is away, those this replica still holds. */
  async recent(room: string, count: number): Promise<readonly ChatMessage[]> {
    if (count === 0) return [];
    const waiting = [...this.#batch, ...this.#queue].filter((message) => message.room === room);
    const written = await this.#read(room, count);
    const known = new Set(written.map(({ id }) => id));
    return [...written, ...waiting.filter(({ id }) => !known.has(id))].slice(-count);
  }

  /**
   * Messages that are stored, the newest first.
   *
   * @param before `next` of the page before; undefined for the first
   * @returns undefined while Postgres cannot be asked
   */
  async page(room: string, limit: number, before?: string): Promise<HistoryPage | undefined> {
    const { database, backend, log } = this.#options;
    if (!backend.isUp) return undefined;
    try {
      const found = await messagesBefore(database, room, before, limit + 1);
      const shown = found.slice(0, limit);
      const next = found.length > limit ? shown.at(-1)?.position : undefined;
      return { messages: shown.map(({ message }) => message), next };
    } catch (error) {
      log.warn({ room, err: error }, 'The history of a room could not be read');
      return undefined;
    }
  }

  /** Writes what waits, for at most so many milliseconds, and ends. */
  async close(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.waiting > 0 && performance.now() < deadline) await sleep(20);
    this.#stop.abort();
    this.#wake();
    await this.#running;
    if (this.waiting > 0) {
      this.lost += this.waiting;
      this.#options.log.error({ messages: this.waiting }, 'Chat messages were not stored before the end');
    }
  }

  async #read(room: string, count: number): Promise<readonly ChatMessage[]> {
    const { database, backend, log } = this.#options;
    if (!backend.isUp) return [];
    const read = new AbortController();
    try {
      return await Promise.race([
        recentMessages(database, room, count),
        sleep(READ_TIMEOUT_MS, [], { signal: read.signal }),
      ]);
    } catch (error) {
      log.warn({ room, err: error }, 'The history of a room could not be read');
      return [];
    } finally {
      read.abort();
    }
  }

  async #run(): Promise<void> {
    const { database, backend } = this.#options;
    for (let attempt = 1; !this.#stop.signal.aborted; attempt += 1) {
      try {
        await prepareSchema(database);
        backend.up();
        attempt = 0;
        await this.#work(database);
      } catch (error) {
        this.failures += 1;
        backend.down(error);
        await sleep(retryDelay(attempt + 1), undefined, { signal: this.#stop.signal }).catch(() => {});
      }
    }
  }

  /** Writes until it fails or is stopped; when there is nothing to write, it looks whether Postgres is still there. */
  async #work(database: Database): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (this.#batch.length === 0) this.#batch = this.#queue.splice(0, MOST_IN_BATCH);
      if (this.#batch.length === 0) {
        if ((await this.#appended()) === 'nothing') await database.query('SELECT 1', []);
        continue;
      }
      try {
        await insertMessages(database, this.#batch);
        this.stored += this.#batch.length;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.lost += this.#batch.length;
        this.#options.log.error(
          { err: error, messages: this.#batch.length },
          'Postgres refused chat messages',
        );
      }
      this.#batch = [];
    }
  }

  #appended(): Promise<'something' | 'nothing'> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, CHECK_EVERY_MS, 'nothing');
      this.#wake = () => {
        clearTimeout(timer);
        resolve('something');
      };
    });
  }
}

/** Whether the data is at fault (SQLSTATE classes 22 and 23, or our own code), so that trying again would fail again. */
function isRefusal(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^2[23]\w{3}$/.test(code);
}
