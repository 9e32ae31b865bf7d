import type { Tally } from '../observability/tally.ts';
import type { Connection } from './connection.ts';

/** Parts of a ping interval; pings are sent within one part of when they are due. */
const PARTS = 20;

/** Every client of this process. */
export class Connections implements Iterable<Connection> {
  readonly #nextPing = new Map<Connection, number>();
  readonly #tally: Tally;
  readonly #pingEveryMs: number;
  readonly #partMs: number;
  readonly #timer: NodeJS.Timeout;
  readonly #emptied: (() => void)[] = [];

  constructor(pingIntervalSeconds: number, tally: Tally) {
    this.#tally = tally;
    this.#partMs = (pingIntervalSeconds * 1_000) / PARTS;
    this.#pingEveryMs = this.#partMs * (PARTS - 1);
    this.#timer = setInterval(() => this.#ping(), this.#partMs);
  }

  get size(): number {
    return this.#nextPing.size;
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#nextPing.keys();
  }

  add(connection: Connection): void {
    this.#nextPing.set(connection, performance.now() + this.#pingEveryMs);
    connection.onClose(this.#remove);
  }

  /** Resolves once there is no client. */
  whenEmpty(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#emptied.push(resolve));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  readonly #remove = (connection: Connection): void => {
    this.#nextPing.delete(connection);
    if (this.size === 0) for (const resolve of this.#emptied.splice(0)) resolve();
  };

  #ping(): void {
    const now = performance.now();
    for (const [connection, due] of this.#nextPing) {
      // They are in the order in which they are due.
      if (due > now) break;
      if (connection.ping()) {
        this.#nextPing.delete(connection);
        this.#nextPing.set(connection, now + this.#pingEveryMs);
      } else {
        this.#tally.dead += 1;
        connection.abandon();
      }
    }
  }
}
