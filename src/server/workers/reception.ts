import { createServer, type Server, type Socket } from 'node:net';
import { type Address, addressOf, BACKLOG, listenFailure, type Place } from '../http/listen.ts';
import type { WorkerProcess, WorkerState } from './worker-process.ts';

/** Who gets clients: the ready, or else those that can at least say that they are not. */
const PREFERENCE: readonly WorkerState[] = ['ready', 'listening', 'draining'];

/** Clients that may wait for a worker; more are turned away. */
const MOST_WAITING = BACKLOG;

/**
 * Has the port, and gives each client to the worker with the least to do. A client waits here while there is no worker,
 * and one whose worker dies before it has the client gets another: nobody is refused because a process ends.
 */
export class Reception {
  readonly #workers: () => Iterable<WorkerProcess>;
  readonly #server: Server;
  readonly #waiting: Socket[] = [];

  constructor(workers: () => Iterable<WorkerProcess>) {
    this.#workers = workers;
    // Nothing is read here: the worker is to find all that the client has sent.
    this.#server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => this.#receive(socket));
  }

  /** @throws TidegateError as `listenOnPort` */
  async open({ host, port }: Place): Promise<Address> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(listenFailure(error, { host, port })));
      this.#server.listen({ host, port, backlog: BACKLOG }, resolve);
    });
    return addressOf(this.#server.address(), { host, port });
  }

  /** Gives the waiting clients to workers as far as they have room. */
  serve(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#next();
      if (worker === undefined) return;
      const socket = this.#waiting.shift();
      if (socket !== undefined && !socket.destroyed) worker.give(socket);
    }
  }

  /** Takes back what a worker that is gone never got. */
  takeBack(worker: WorkerProcess): void {
    this.#waiting.unshift(...worker.takeBack());
    this.serve();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#waiting.splice(0)) socket.destroy();
  }

  #receive(socket: Socket): void {
    // A client that leaves is no error.
    socket.on('error', () => {});
    if (this.#waiting.length >= MOST_WAITING) {
      socket.destroy();
      return;
    }
    this.#waiting.push(socket);
    this.serve();
  }

  #next(): WorkerProcess | undefined {
    const workers = [...this.#workers()];
    for (const state of PREFERENCE) {
      const able = workers.filter((worker) => worker.state === state);
      const free = able.filter((worker) => worker.hasRoom);
      const lively = free.filter((worker) => !worker.isLate);
      const [first, ...others] = lively.length > 0 ? lively : free;
      if (first !== undefined) {
        return others.reduce((best, worker) => (worker.load < best.load ? worker : best), first);
      }
      // Those that are ready will have room again, which is better than one that is not ready.
      if (able.length > 0) return undefined;
    }
    return undefined;
  }
}
