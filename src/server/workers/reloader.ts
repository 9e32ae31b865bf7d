import type { ChildProcess } from 'node:child_process';
import type { Logger } from 'pino';
import type { Address, Place } from '../http/listen.ts';
import { Changes } from './changes.ts';
import { endWorker } from './end-worker.ts';
import { fleetMetrics } from './fleet-metrics.ts';
import type { WorkerTicket } from './messages.ts';
import { Reception } from './reception.ts';
import { WorkerProcess } from './worker-process.ts';

export interface ReloaderOptions {
  readonly place: Place;
  readonly drainSeconds: number;
  readonly fork: (ticket: WorkerTicket) => ChildProcess;
  /** A file that the application imports, or would. */
  readonly imported: (file: string) => void;
  readonly log: Logger;
}

const BEAT_MS = 1_000;

/**
 * Serves by one worker at a time, for development: another takes its place whenever it is told that something has changed,
 * and waits until the old one has gone, with which it shares an embedded database. One that does not load leaves the old
 * one alone. One that ends is not replaced before the next change.
 */
export class Reloader {
  readonly log: Logger;
  readonly #options: ReloaderOptions;
  readonly #reception = new Reception(() => (this.#worker === undefined ? [] : [this.#worker]));
  readonly #changes = new Changes();
  #address: Address | undefined;
  #worker: WorkerProcess | undefined;
  /** It loads its modules, to take the place of the other. */
  #next: WorkerProcess | undefined;
  #reloading: Promise<void> | undefined;
  #again = false;
  #stopping = false;

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.log = options.log;
  }

  /** Takes the port, where clients wait until somebody serves. @throws TidegateError as `listenOnPort` */
  async start(): Promise<Address> {
    this.#address = await this.#reception.open(this.#options.place);
    await this.reload();
    return this.#address;
  }

  /** Has the application as it is now serve; once more when it is asked for meanwhile. */
  reload(): Promise<void> {
    if (this.#reloading !== undefined) {
      this.#again = true;
      this.#next?.kill('it is out of date');
      this.#changes.notify();
    }
    this.#reloading ??= this.#reloadOften().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  async drain(): Promise<void> {
    this.#stopping = true;
    this.#next?.kill('the server ends');
    await Promise.all([this.#end(this.#worker), this.#reloading]);
    this.#reception.close();
  }

  /** Ends everything at once. */
  kill(): void {
    for (const worker of [this.#worker, this.#next]) worker?.kill('the server ends');
  }

  async #reloadOften(): Promise<void> {
    do {
      this.#again = false;
      await this.#replace();
    } while (this.#again && !this.#stopping);
  }

  async #replace(): Promise<void> {
    const next = this.#fork();
    this.#next = next;
    const gone = () => next.state === 'gone';
    await this.#changes.until(() => next.state === 'spare' || gone());
    this.#next = undefined;
    if (gone()) {
      if (next.killedFor === undefined) this.log.error('The application does not load; waiting for a change');
      return;
    }
    const old = this.#worker;
    this.#worker = next;
    await this.#end(old);
    if (this.#stopping) return;
    next.assign({ slot: 1, of: 1 });
    await this.#changes.until(() => next.state !== 'starting' || this.#again);
    if (gone()) this.#tellEnd();
  }

  #fork(): WorkerProcess {
    const { fork, imported } = this.#options;
    if (this.#address === undefined) throw new Error('It has not been started');
    const ticket = { beatMs: BEAT_MS, address: this.#address, tellsImports: true };
    return new WorkerProcess(fork(ticket), BEAT_MS, {
      changed: () => {
        this.#reception.serve();
        this.#changes.notify();
      },
      took: () => this.#reception.serve(),
      imported,
      allMetrics: (worker, id) => void this.#tellMetrics(worker, id),
      ended: (worker) => {
        this.#reception.takeBack(worker);
        this.#changes.notify();
        if (worker === this.#worker && this.#reloading === undefined && !this.#stopping) this.#tellEnd();
      },
    });
  }

  #tellEnd(): void {
    this.log.error('The application ended; waiting for a change');
  }

  async #end(worker: WorkerProcess | undefined): Promise<void> {
    const { drainSeconds, log } = this.#options;
    if (worker !== undefined) {
      await endWorker(worker, { othersGoOn: false, drainSeconds, changes: this.#changes, log });
    }
  }

  async #tellMetrics(worker: WorkerProcess, id: number): Promise<void> {
    worker.say({ kind: 'all-metrics', id, text: await fleetMetrics([worker], 0) });
  }
}
