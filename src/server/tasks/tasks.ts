import type { Logger } from 'pino';
import type { z } from 'zod';
import { TidegateError } from '../../spec/errors.ts';
import type { Settings } from '../../spec/settings.ts';
import type { DependencyScope } from '../app/dependency.ts';
import type { Background } from './background.ts';
import { inputOf } from './input.ts';
import type { DeadLetter, Enqueued, Queue, QueueStats, Queues } from './queue.ts';
import { openQueues } from './queues.ts';
import { type Outcome, Runner } from './runner.ts';
import type { Schedule, Task } from './task.ts';

export interface EnqueueOptions {
  /** How long the job waits at least; 0 by default. */
  readonly delaySeconds?: number;
  /** While a job of the task with this id waits, is delayed or runs, another one is not added. */
  readonly id?: string;
  /** Jobs with a lower number run first; 0, the lowest, by default. At most 2,097,152. */
  readonly priority?: number;
}

/** Work that is queued: with `redis.host` in Redis, for any process to take, and without it in this process. */
export interface Tasks {
  /** Puts a task on the application. @throws TidegateError TG2301 when there is one of that name, TG2302 when the input of its schedule does not fit */
  define<Input extends z.ZodType>(task: Task<Input>): void;
  /**
   * Adds a job; once the promise resolves, it will be run at least once. Works as soon as the application listens or its
   * start hooks run.
   *
   * @throws TidegateError TG2302 when the input does not fit the task's schema, TG2301 when the task is not on this
   * application, TG2303 when Redis is away (the job may have been added: give an id, and try again)
   */
  enqueue<Input extends z.ZodType>(
    task: Task<Input>,
    input: z.input<Input>,
    options?: EnqueueOptions,
  ): Promise<Enqueued>;
  /** Jobs of a task that have failed for good, the newest first; 100 by default. @throws TidegateError TG2301, TG2303 */
  dead(task: NamedTask, page?: { offset?: number; limit?: number }): Promise<readonly DeadLetter[]>;
  /** Gives a dead letter all its attempts again; false when there is none with this id. @throws TidegateError TG2301, TG2303 */
  retry(task: NamedTask, id: string): Promise<boolean>;
  /** Removes a dead letter; false when there is none with this id. @throws TidegateError TG2301, TG2303 */
  discard(task: NamedTask, id: string): Promise<boolean>;
  /** How the jobs of a task stand, over all processes. @throws TidegateError TG2301, TG2303 */
  stats(task: NamedTask): Promise<QueueStats>;
}

/** A task, whatever it takes. */
export type NamedTask = Pick<Task, 'name'>;

interface TasksOptions {
  readonly current: () => Settings;
  readonly scope: DependencyScope;
  readonly background: Background;
  readonly log: Logger;
}

const MOST_PRIORITY = 2 ** 21;

/** The tasks of an application, and the queues behind them. */
export class TaskList implements Tasks {
  /** Told of each run. */
  ran: (task: string, outcome: Outcome, seconds: number) => void = () => {};
  readonly #options: TasksOptions;
  readonly #runner: Runner;
  readonly #tasks = new Map<string, Task>();
  readonly #opened = new Map<string, Queue>();
  #queues: Queues | undefined;

  constructor(options: TasksOptions) {
    this.#options = options;
    const ran = (task: string, outcome: Outcome, seconds: number) => this.ran(task, outcome, seconds);
    this.#runner = new Runner({ ...options, ran });
  }

  get names(): readonly string[] {
    return [...this.#tasks.keys()];
  }

  define<Input extends z.ZodType>(task: Task<Input>): void {
    if (this.#tasks.has(task.name)) throw refused(task.name, 'There is another task of this name');
    if (this.#queues !== undefined) throw refused(task.name, 'The application has started already');
    if (task.schedule !== undefined) inputOf(task, task.schedule.input);
    this.#tasks.set(task.name, task);
  }

  async enqueue<Input extends z.ZodType>(
    task: Task<Input>,
    input: z.input<Input>,
    { delaySeconds = 0, id, priority = 0 }: EnqueueOptions = {},
  ): Promise<Enqueued> {
    const queue = this.#queue(task);
    if (!(delaySeconds >= 0)) throw refused(`${task.name}.delaySeconds`, 'It must be 0 or more');
    if (!Number.isInteger(priority) || priority < 0 || priority > MOST_PRIORITY) {
      throw refused(`${task.name}.priority`, `It must be a whole number from 0 to ${MOST_PRIORITY}`);
    }
    const held = inputOf(task, input);
    return queue.add({ input: held, key: id, delayMs: Math.round(delaySeconds * 1_000), priority });
  }

  async dead(task: NamedTask, { offset = 0, limit = 100 } = {}): Promise<readonly DeadLetter[]> {
    return this.#queue(task).dead(offset, limit);
  }

  async retry(task: NamedTask, id: string): Promise<boolean> {
    return this.#queue(task).retry(id);
  }

  async discard(task: NamedTask, id: string): Promise<boolean> {
    return this.#queue(task).discard(id);
  }

  async stats(task: NamedTask): Promise<QueueStats> {
    return this.#queue(task).stats();
  }

  /** From here on jobs can be enqueued. @throws TidegateError TG2301 when a schedule cannot be */
  async open(): Promise<void> {
    // Without tasks there is nothing to connect to.
    if (this.#tasks.size === 0 || this.#queues !== undefined) return;
    for (const { name, schedule } of this.#tasks.values()) {
      if (schedule !== undefined) await checkSchedule(name, schedule);
    }
    this.#queues = await openQueues(this.#options.current, this.#options.log);
    for (const [name, task] of this.#tasks) this.#opened.set(name, this.#queues.open(task));
  }

  /** @throws TidegateError TG2301 when there is no task of one of these names, or none at all */
  check(names: readonly string[] = []): void {
    if (this.#tasks.size === 0) throw refused('', 'The application defines no tasks');
    for (const name of names) if (!this.#tasks.has(name)) throw this.#unknown(name);
  }

  /** Runs jobs of these tasks, or of all. */
  async work(names: readonly string[] = this.names): Promise<void> {
    for (const name of names) {
      const task = this.#tasks.get(name);
      const queue = this.#opened.get(name);
      if (task === undefined || queue === undefined) continue;
      await queue.work((attempt, signal) => this.#runner.run(task, attempt, signal));
    }
  }

  /** Takes no more jobs, and lets the running ones end within so many milliseconds; the others are handed back. */
  async stop(timeoutMs: number): Promise<void> {
    await Promise.all([...this.#opened.values()].map((queue) => queue.stop(timeoutMs)));
  }

  /** From here on nothing can be enqueued. Jobs that only this process knows may run for so many milliseconds. */
  async close(timeoutMs: number): Promise<void> {
    await Promise.all([...this.#opened.values()].map((queue) => queue.close(timeoutMs)));
    this.#queues?.close();
  }

  #queue({ name }: NamedTask): Queue {
    const queue = this.#opened.get(name);
    if (queue !== undefined) return queue;
    throw this.#tasks.has(name) ? refused(name, 'The application has not started yet') : this.#unknown(name);
  }

  #unknown(name: string): TidegateError {
    const known = this.names.length === 0 ? 'none' : this.names.join(', ');
    return refused(name, `There is no such task on this application; there are: ${known}`);
  }
}

async function checkSchedule(name: string, schedule: Schedule<unknown>): Promise<void> {
  if ('everySeconds' in schedule && !(schedule.everySeconds >= 1)) {
    throw refused(`${name}.schedule.everySeconds`, 'It must be 1 or more');
  }
  const { nextRun } = await import('./schedule.ts');
  try {
    nextRun(schedule, Date.now());
  } catch (error) {
    throw refused(`${name}.schedule`, (error as Error).message);
  }
}

function refused(path: string, reason: string): TidegateError {
  return TidegateError.of('TG2301', path, reason);
}
