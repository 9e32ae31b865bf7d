import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { TidegateError } from '../../spec/errors.ts';
import type { Settings } from '../../spec/settings.ts';
import { backOffMs } from './back-off.ts';
import { DueJobs, type LocalJob } from './due-jobs.ts';
import {
  type DeadLetter,
  type Enqueued,
  HANDED_BACK,
  type NewJob,
  type Queue,
  type QueueStats,
  type RunAttempt,
} from './queue.ts';
import { GiveUp, type Task } from './task.ts';

/** Jobs in the memory of this process: for development, and where losing them with the process is no harm. */
export class InProcessQueue implements Queue {
  readonly #task: Task;
  readonly #settings: Settings['tasks'];
  readonly #log: Logger;
  readonly #due = new DueJobs(() => this.#pump());
  readonly #running = new Map<LocalJob, AbortController>();
  readonly #dead: { job: LocalJob; letter: DeadLetter }[] = [];
  readonly #keys = new Map<string, string>();
  #run: RunAttempt | undefined;
  #closing: Promise<void> | undefined;
  #closed = false;
  #ended = () => {};

  constructor(task: Task, settings: Settings['tasks'], log: Logger) {
    this.#task = task;
    this.#settings = settings;
    this.#log = log;
  }

  async add(job: NewJob): Promise<Enqueued> {
    if (this.#closed) throw TidegateError.of('TG2303', this.#task.name, 'The process ends');
    const known = job.key === undefined ? undefined : this.#keys.get(job.key);
    if (known !== undefined) return { id: known, added: false };
    const now = Date.now();
    const added = {
      ...job,
      id: randomUUID(),
      enqueuedAt: new Date(now),
      dueAt: now + job.delayMs,
      failed: 0,
    };
    if (job.key !== undefined) this.#keys.set(job.key, added.id);
    this.#due.add(added);
    return { id: added.id, added: true };
  }

  async work(run: RunAttempt): Promise<void> {
    if (this.#task.schedule !== undefined) await this.#schedule(this.#task.schedule);
    this.#run = run;
    this.#pump();
  }

  /** There is nobody else to take them. */
  async stop(): Promise<void> {}

  close(timeoutMs: number): Promise<void> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  async stats(): Promise<QueueStats> {
    return { ...this.#due.stats(), active: this.#running.size, dead: this.#dead.length };
  }

  async dead(offset: number, limit: number): Promise<readonly DeadLetter[]> {
    return this.#dead.slice(offset, offset + limit).map(({ letter }) => letter);
  }

  async retry(id: string): Promise<boolean> {
    const job = this.#takeDead(id);
    if (job !== undefined) this.#due.add({ ...job, dueAt: Date.now(), failed: 0 });
    return job !== undefined;
  }

  async discard(id: string): Promise<boolean> {
    return this.#takeDead(id) !== undefined;
  }

  #takeDead(id: string): LocalJob | undefined {
    const at = this.#dead.findIndex(({ job }) => job.id === id);
    return at === -1 ? undefined : this.#dead.splice(at, 1)[0]?.job;
  }

  async #schedule(schedule: NonNullable<Task['schedule']>): Promise<void> {
    const { nextRun } = await import('./schedule.ts');
    const next = (after: number) => {
      const delayMs = nextRun(schedule, after) - Date.now();
      // Added when the one before it is due, so that there is never more than one of them.
      const timer = () => {
        void this.add({ input: schedule.input, key: undefined, delayMs: 0, priority: 0 });
        next(Date.now());
      };
      this.#due.at(Date.now() + delayMs, timer);
    };
    next(Date.now());
  }

  #pump(): void {
    const most = this.#task.concurrency ?? this.#settings.concurrency;
    while (this.#run !== undefined && this.#running.size < most) {
      const job = this.#due.take();
      if (job === undefined) return;
      void this.#attempt(job, this.#run);
    }
  }

  async #attempt(job: LocalJob, run: RunAttempt): Promise<void> {
    const controller = new AbortController();
    this.#running.set(job, controller);
    const { attempts } = this.#task;
    try {
      await run({ id: job.id, input: job.input, attempt: job.failed + 1, attempts }, controller.signal);
      this.#forget(job);
    } catch (error) {
      if (controller.signal.reason !== HANDED_BACK) this.#failed(job, error as Error);
    }
    this.#running.delete(job);
    this.#pump();
    this.#ended();
  }

  #failed(job: LocalJob, error: Error): void {
    job.failed += 1;
    if (job.failed < this.#task.attempts && !(error instanceof GiveUp)) {
      job.dueAt = Date.now() + backOffMs(job.failed, this.#task.backoff);
      this.#due.add(job);
      return;
    }
    this.#forget(job);
    const { id, input, enqueuedAt, failed: attempts } = job;
    const letter = { id, input, error: error.message, attempts, enqueuedAt, failedAt: new Date() };
    this.#dead.unshift({ job, letter });
    this.#dead.length = Math.min(this.#dead.length, this.#settings.keepFailed);
  }

  #forget({ id, key }: LocalJob): void {
    if (key !== undefined && this.#keys.get(key) === id) this.#keys.delete(key);
  }

  /** Runs down what is due; the rest is lost. */
  async #close(timeoutMs: number): Promise<void> {
    const done = new Promise<void>((resolve) => {
      this.#ended = () => {
        if (this.#running.size === 0) resolve();
      };
    });
    const timer = setTimeout(() => this.#ended(), 0);
    const cut = setTimeout(() => {
      this.#run = undefined;
      for (const controller of this.#running.values()) controller.abort(HANDED_BACK);
      lost += this.#running.size;
    }, timeoutMs);
    let lost = 0;
    await done;
    clearTimeout(timer);
    clearTimeout(cut);
    this.#run = undefined;
    this.#closed = true;
    lost += this.#due.close();
    if (lost > 0) this.#log.error({ task: this.#task.name, jobs: lost }, 'Jobs were lost at the end');
  }
}
