import { LinkedList } from '../../platform/linked-list.ts';
import type { Tally } from '../observability/tally.ts';
import type { Connection } from './connection.ts';

/** Parts of a ping interval; pings are sent within one part of when they are due. */
const PARTS = 20;

/** Every client of this process. */
export class Connections implements Iterable<Connection> {
  /** In the order in which their next pings are due. */
  readonly #all = new LinkedList<Connection>();
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
    return this.#all.size;
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#all[Symbol.iterator]();
  }

  add(connection: Connection): void {
    this.#queue(connection);
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
    if (connection.place !== undefined) this.#all.remove(connection.place);
    if (this.size === 0) for (const resolve of this.#emptied.splice(0)) resolve();
  };

  #ping(): void {
    const now = performance.now();
    for (let next = this.#all.first; next !== undefined && next.pingAt <= now; next = this.#all.first) {
      this.#all.shift();
      this.#queue(next);
      if (next.ping()) continue;
      this.#tally.dead += 1;
      next.abandon();
    }
  }

  #queue(connection: Connection): void {
    connection.pingAt = Math.ceil(performance.now() + this.#pingEveryMs);
    connection.place = this.#all.add(connection);
  }
}
