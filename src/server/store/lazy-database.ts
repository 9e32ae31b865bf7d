import type { Database } from './database.ts';

/** A database that is opened when it is first used; while that fails, each use tries again. */
export class LazyDatabase implements Database {
  readonly #open: () => Promise<Database>;
  #opened: Promise<Database> | undefined;

  constructor(open: () => Promise<Database>) {
    this.#open = open;
  }

  async exec(sql: string): Promise<void> {
    await (await this.#database()).exec(sql);
  }

  async query(sql: string, parameters: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    return (await this.#database()).query(sql, parameters);
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.close();
  }

  #database(): Promise<Database> {
    if (this.#opened === undefined) {
      const opened = this.#open();
      this.#opened = opened;
      opened.catch(() => {
        this.#opened = undefined;
      });
    }
    return this.#opened;
  }
}
