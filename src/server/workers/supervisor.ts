import type { ChildProcess } from 'node:child_process';
import type { Logger } from 'pino';
import type { Address, Place } from '../http/listen.ts';
import { Changes } from './changes.ts';
import { endWorker } from './end-worker.ts';
import { fleetMetrics } from './fleet-metrics.ts';
import type { WorkerTicket } from './messages.ts';
import { Reception } from './reception.ts';
import { RestartPolicy } from './restart-policy.ts';
import { WorkerProcess } from './worker-process.ts';
import { statusOf, type WorkerStatus } from './worker-status.ts';

export interface SupervisorOptions {
  readonly place: Place;
  readonly count: number;
  /** Seconds without a heartbeat after which a worker is replaced. */
  readonly timeoutSeconds: number;
  /** Seconds a worker may take to drain. */
  readonly drainSeconds: number;
  /** Starts a process with the ticket in its environment. */
  readonly fork: (ticket: WorkerTicket) => ChildProcess;
  readonly log: Logger;
}

/** Milliseconds between heartbeats, and between looks at them. */
const BEAT_MS = 1_000;
/** At least so many heartbeats are due within the time-out. */
const BEATS_IN_TIMEOUT = 4;
/** What a worker may take from its start until it takes clients, loading modules in one go, or until it is ready. */
const START_WITHIN_MS = 60_000;

/** What happens in one slot: who serves there, and how often that one had to be replaced. */
interface Slot {
  readonly number: number;
  readonly policy: RestartPolicy;
  /** The newest; one that drains may be there beside it. */
  worker: WorkerProcess | undefined;
  restarts: number;
}

/**
 * Keeps a number of worker processes alive that serve one port together: replaces those that end or are stuck, rolls
 * them one by one, and drains them all.
 */
export class Supervisor {
  readonly log: Logger;
  readonly #options: SupervisorOptions;
  readonly #reception = new Reception(() => this.#workers);
  readonly #workers = new Set<WorkerProcess>();
  readonly #slots: Slot[] = [];
  readonly #changes = new Changes();
  readonly #beatMs: number;
  #address: Address | undefined;
  #watch: NodeJS.Timeout | undefined;
  #watchedAt = performance.now();
  #started = false;
  #stopping = false;
  #rolling: Promise<void> | undefined;
  #rollAgain = false;
  #restarts = 0;
  /** Loaded, and without a place: the next one to serve. */
  #spare: WorkerProcess | undefined;
  readonly #sparePolicy = new RestartPolicy();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.log = options.log;
    this.#beatMs = Math.min(BEAT_MS, (options.timeoutSeconds * 1_000) / BEATS_IN_TIMEOUT);
  }

  /**
   * Takes the port and starts the workers; resolves once all take clients.
   *
   * @returns undefined when the first worker ends before it takes clients: it has said why
   * @throws TidegateError as `listenOnPort`
   */
  async start(): Promise<Address | undefined> {
    this.#address = await this.#reception.open(this.#options.place);
    this.#watch = setInterval(() => this.#look(), this.#beatMs);
    // The first alone: what is wrong with the settings or the application is then said once.
    const first = this.#fill(this.#addSlot());
    await this.#changes.until(() => first.state !== 'starting');
    if (first.state === 'gone') {
      await this.drain();
      return undefined;
    }
    this.#started = true;
    this.resize(this.#options.count);
    await this.#changes.until(() => this.#slots.every(({ worker }) => worker?.state !== 'starting'));
    return this.#address;
  }

  get count(): number {
    return this.#slots.length;
  }

  status(): readonly WorkerStatus[] {
    const restarts = new Map(this.#slots.map((slot) => [slot.number, slot.restarts]));
    const place = ({ slot = Number.MAX_SAFE_INTEGER }: WorkerProcess) => slot;
    const all = this.#everyone().sort((a, b) => place(a) - place(b) || a.startedAt - b.startedAt);
    return all.map((worker) => statusOf(worker, restarts.get(place(worker)) ?? 0, this.#beatMs));
  }

  /** Starts workers, or drains the last ones, until there are so many. */
  resize(count: number): void {
    if (this.#stopping) return;
    while (this.#slots.length < count) this.#fill(this.#addSlot());
    for (const { worker } of this.#slots.splice(Math.max(1, count))) if (worker) this.#drainWorker(worker);
  }

  /**
   * Replaces all workers, one by one: the new one is ready before the old one drains. It stops at the first that does not
   * become ready, and the old one of that slot goes on.
   */
  roll(): Promise<void> {
    if (this.#rolling !== undefined) this.#rollAgain = true;
    this.#rolling ??= this.#rollAll().finally(() => {
      this.#rolling = undefined;
      if (!this.#rollAgain) {
        this.#keepSpare();
        return;
      }
      this.#rollAgain = false;
      return this.roll();
    });
    return this.#rolling;
  }

  /** Drains all workers at once, and gives the port back when they have gone. */
  async drain(): Promise<void> {
    this.#stopping = true;
    this.#spare?.kill('the supervisor ends');
    await Promise.all([...this.#workers].map((worker) => this.#drainWorker(worker)));
    clearInterval(this.#watch);
    this.#reception.close();
    this.log.info('All workers have ended');
  }

  /** Ends all workers at once. */
  kill(): void {
    for (const worker of this.#everyone()) worker.kill('the supervisor ends');
  }

  #everyone(): WorkerProcess[] {
    return [...this.#workers, ...(this.#spare === undefined ? [] : [this.#spare])];
  }

  #addSlot(): Slot {
    const taken = new Set(this.#slots.map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number += 1;
    const slot = { number, policy: new RestartPolicy(), worker: undefined, restarts: 0 };
    this.#slots.push(slot);
    return slot;
  }

  #fill(slot: Slot): WorkerProcess {
    const worker = this.#spare ?? this.#fork();
    this.#spare = undefined;
    slot.worker = worker;
    this.#place(worker, slot);
    return worker;
  }

  #place(worker: WorkerProcess, { number }: Slot): void {
    worker.assign({ slot: number, of: Math.max(this.#options.count, this.#slots.length) });
    this.#workers.add(worker);
  }

  #fork(): WorkerProcess {
    if (this.#address === undefined) throw new Error('The supervisor has not been started');
    const ticket = { beatMs: this.#beatMs, address: this.#address, tellsImports: false };
    return new WorkerProcess(this.#options.fork(ticket), this.#beatMs, {
      changed: () => {
        this.#reception.serve();
        this.#changes.notify();
        this.#keepSpare();
      },
      took: () => this.#reception.serve(),
      allMetrics: (asker, id) => void this.#tellMetrics(asker, id),
      ended: (ended, how) => this.#ended(ended, how),
    });
  }

  /** Has a process in reserve whose modules are loaded, which is most of what a start takes; not while others start. */
  #keepSpare(): void {
    if (this.#spare !== undefined || this.#stopping || this.#rolling !== undefined || !this.#started) return;
    if (this.#slots.every(({ worker }) => worker?.state === 'ready')) this.#spare = this.#fork();
  }

  async #tellMetrics(asker: WorkerProcess, id: number): Promise<void> {
    asker.say({ kind: 'all-metrics', id, text: await fleetMetrics(this.#everyone(), this.#restarts) });
  }

  #ended(worker: WorkerProcess, how: string): void {
    if (worker === this.#spare) {
      this.#spare = undefined;
      if (this.#stopping) return;
      const delayMs = this.#sparePolicy.ended(performance.now() - worker.startedAt);
      this.log.warn({ pid: worker.pid, how, delayMs }, 'The spare worker ended, and is replaced');
      setTimeout(() => this.#keepSpare(), delayMs);
      return;
    }
    this.#workers.delete(worker);
    this.#reception.takeBack(worker);
    this.#changes.notify();
    const slot = this.#slots.find((one) => one.worker === worker);
    // One that drained was told to end, and one that never became the slot's own is the roll's affair.
    if (slot === undefined || this.#stopping || !this.#started) return;
    const delayMs = slot.policy.ended(performance.now() - worker.startedAt);
    slot.restarts += 1;
    this.#restarts += 1;
    this.log.error({ worker: slot.number, pid: worker.pid, how, delayMs }, 'A worker ended, and is replaced');
    if (delayMs === 0) this.#fill(slot);
    else setTimeout(() => this.#refill(slot, worker), delayMs);
  }

  /** Unless it has been filled meanwhile, or is wanted no more. */
  #refill(slot: Slot, gone: WorkerProcess): void {
    if (!this.#stopping && this.#slots.includes(slot) && slot.worker === gone) this.#fill(slot);
  }

  async #rollAll(): Promise<void> {
    this.log.info({ workers: this.#slots.length }, 'Rolling the workers');
    // It has loaded the application as it was before, which is what is wanted if the new one fails.
    const spare = this.#spare;
    this.#spare = undefined;
    const rolled = await this.#rollSlots();
    if (rolled || this.#stopping) spare?.kill('it is replaced');
    else if (spare?.state !== 'gone') this.#spare = spare;
  }

  /** @returns whether all have been replaced */
  async #rollSlots(): Promise<boolean> {
    for (const slot of [...this.#slots]) {
      if (this.#stopping || !this.#slots.includes(slot)) continue;
      const replacement = this.#fork();
      this.#place(replacement, slot);
      await this.#changes.until(() => ['ready', 'gone'].includes(replacement.state), START_WITHIN_MS);
      if (this.#stopping) return false;
      if (replacement.state !== 'ready') {
        replacement.kill('it did not become ready');
        this.log.error({ worker: slot.number }, 'A new worker did not become ready, and the old ones go on');
        return false;
      }
      const old = slot.worker;
      slot.worker = replacement;
      if (old !== undefined) await this.#drainWorker(old);
    }
    this.log.info({ workers: this.#slots.length }, 'The workers are rolled');
    return true;
  }

  #drainWorker(worker: WorkerProcess): Promise<void> {
    const { drainSeconds, log } = this.#options;
    return endWorker(worker, { othersGoOn: !this.#stopping, drainSeconds, changes: this.#changes, log });
  }

  /** Looks for workers that are stuck, and tells all how many clients there are. */
  #look(): void {
    const now = performance.now();
    const timeoutMs = this.#options.timeoutSeconds * 1_000;
    const asleepMs = now - this.#watchedAt - this.#beatMs;
    this.#watchedAt = now;
    let connections = 0;
    for (const worker of this.#workers) {
      // What this process could not hear, being stuck itself, is not held against them.
      if (asleepMs > this.#beatMs) worker.lastBeatAt += asleepMs;
      connections += worker.report.connections;
      const silentMs = now - worker.lastBeatAt;
      const mayBeMs = worker.state === 'starting' ? Math.max(START_WITHIN_MS, timeoutMs) : timeoutMs;
      if (worker.killedFor !== undefined || silentMs < mayBeMs) continue;
      this.log.error(
        { worker: worker.slot, pid: worker.pid, silentMs: Math.round(silentMs) },
        'A worker is stuck',
      );
      worker.kill('it was stuck');
    }
    for (const worker of this.#workers) worker.say({ kind: 'fleet', connections });
  }
}
