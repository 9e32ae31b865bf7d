import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Job,
  Queue as JobQueue,
  type JobsOptions,
  UnrecoverableError,
  WaitingError,
  Worker,
} from 'bullmq';
import type { Logger } from 'pino';
import type { Settings } from '../../spec/settings.ts';
import { backOffMs } from './back-off.ts';
import {
  type DeadLetter,
  type Enqueued,
  HANDED_BACK,
  type NewJob,
  type Queue,
  type QueueStats,
  type RunAttempt,
} from './queue.ts';
import type { RedisConnections } from './redis-connections.ts';
import { nextRun, repeatOf } from './schedule.ts';
import { GiveUp, type Task } from './task.ts';

interface RedisQueueOptions {
  readonly connections: RedisConnections;
  readonly settings: Settings['tasks'];
  readonly log: Logger;
}

/** What a job holds in Redis. */
interface Held {
  readonly input: unknown;
  /** When it was first to run, in milliseconds since 1970; not known of a scheduled one. */
  readonly dueAt?: number;
}

const PREFIX = 'tidegate:tasks';
/** A process that has not renewed its hold on a job for so long is taken for dead. It renews every half of it. */
const LOCK_MS = 10_000;
const LOOK_FOR_DEAD_MS = 2_500;
/** Processes that may die of a job before it is a dead letter. */
const MOST_DEATHS = 3;
/** For handing jobs back when the time is up. */
const HAND_BACK_MS = 2_000;
const RETRY_NOTES_AFTER_MS = 1_000;
const SCHEDULE = 'schedule';
/** Of BullMQ's own event stream, which nothing here reads. */
const KEPT_EVENTS = 100;

/** Jobs in Redis, kept by BullMQ: they survive the process, and any process can take them. */
export class RedisQueue implements Queue {
  readonly #task: Task;
  readonly #options: RedisQueueOptions;
  readonly #queue: JobQueue<Held>;
  readonly #running = new Map<string, AbortController>();
  #worker: Worker<Held> | undefined;
  #idle = () => {};
  #stopping: Promise<void> | undefined;

  constructor(task: Task, options: RedisQueueOptions) {
    this.#task = task;
    this.#options = options;
    this.#queue = new JobQueue<Held>(task.name, {
      connection: options.connections.commands,
      prefix: PREFIX,
      skipVersionCheck: true,
      streams: { events: { maxLen: KEPT_EVENTS } },
    });
    // The connection tells of an outage.
    this.#queue.on('error', () => {});
  }

  add({ input, key, delayMs, priority }: NewJob): Promise<Enqueued> {
    return this.#ask(async () => {
      const id = randomUUID();
      const data = { input, dueAt: Date.now() + delayMs };
      const deduplication = key === undefined ? {} : { deduplication: { id: key } };
      const options = { ...this.#jobOptions(), jobId: id, delay: delayMs, priority, ...deduplication };
      const job = await this.#queue.add(this.#task.name, data, options);
      return { id: job.id ?? id, added: job.id === id };
    });
  }

  async work(run: RunAttempt): Promise<void> {
    const { connections, settings, log } = this.#options;
    this.#worker = new Worker<Held>(this.#task.name, (job, token) => this.#attempt(job, token, run), {
      connection: connections.workers,
      prefix: PREFIX,
      concurrency: this.#task.concurrency ?? settings.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: LOOK_FOR_DEAD_MS,
      maxStalledCount: MOST_DEATHS - 1,
      runRetryDelay: RETRY_NOTES_AFTER_MS,
      settings: { backoffStrategy: (failed) => backOffMs(failed, this.#task.backoff) },
    });
    const { name: task } = this.#task;
    this.#worker.on('error', ({ message }) => log.warn({ task, reason: message }, 'A queue has trouble'));
    this.#worker.on('failed', (job) => {
      if (job?.deferredFailure === undefined) return;
      log.error({ task, job: job.id }, 'A task failed for good: the processes that ran it died');
    });
    this.#worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.#running.get(id)?.abort(new Error('Another process may have taken the job'));
    });
    // Redis may have forgotten it by the time it is back.
    connections.commands.on('ready', this.#schedule);
    if (connections.commands.status === 'ready') await this.#schedule();
  }

  stop(timeoutMs: number): Promise<void> {
    this.#stopping ??= this.#stop(timeoutMs);
    return this.#stopping;
  }

  stats(): Promise<QueueStats> {
    return this.#ask(async () => {
      const counts = await this.#queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed');
      const { wait = 0, prioritized = 0, active = 0, delayed = 0, failed: dead = 0 } = counts;
      const states = [wait > 0 ? (['wait'] as const) : [], prioritized > 0 ? (['prioritized'] as const) : []];
      const next = await Promise.all(
        states.map((some) => (some.length === 0 ? [] : this.#queue.getJobs([...some], 0, 0, true))),
      );
      const ages = next.flat().map((job) => Date.now() - dueAt(job));
      const oldestWaitingSeconds = Math.max(0, ...ages) / 1_000;
      return { waiting: wait + prioritized, active, delayed, dead, oldestWaitingSeconds };
    });
  }

  dead(offset: number, limit: number): Promise<readonly DeadLetter[]> {
    return this.#ask(async () =>
      (await this.#queue.getJobs(['failed'], offset, offset + limit - 1)).map((job) => ({
        id: job.id ?? '',
        input: job.data.input,
        error: job.failedReason,
        attempts: job.attemptsMade,
        enqueuedAt: new Date(job.timestamp),
        failedAt: new Date(job.finishedOn ?? job.timestamp),
      })),
    );
  }

  retry(id: string): Promise<boolean> {
    return this.#ofDead(id, (job) =>
      job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true }),
    );
  }

  discard(id: string): Promise<boolean> {
    return this.#ofDead(id, (job) => job.remove());
  }

  #ofDead(id: string, act: (job: Job<Held>) => Promise<void>): Promise<boolean> {
    return this.#ask(async () => {
      const job = await this.#queue.getJob(id);
      if (job === undefined || !(await job.isFailed())) return false;
      await act(job);
      return true;
    });
  }

  #ask<T>(question: () => Promise<T>): Promise<T> {
    return this.#options.connections.ask(this.#task.name, question);
  }

  #jobOptions(): JobsOptions {
    const { keepCompleted, keepFailed } = this.#options.settings;
    return {
      attempts: this.#task.attempts,
      backoff: { type: 'of the task' },
      removeOnComplete: keepCompleted === 0 ? true : { count: keepCompleted },
      removeOnFail: { count: keepFailed },
      stackTraceLimit: 1,
    };
  }

  /** Brings the schedule in Redis in line with the task's; one that is there already goes on as it is. */
  readonly #schedule = async (): Promise<void> => {
    const { schedule, name } = this.#task;
    try {
      const known = await this.#queue.getJobScheduler(SCHEDULE);
      if (schedule === undefined) {
        if (known !== undefined) await this.#queue.removeJobScheduler(SCHEDULE);
        return;
      }
      const repeat = repeatOf(schedule);
      const data = { input: schedule.input };
      const same = (Object.entries(repeat) as [keyof typeof known, unknown][]).every(
        ([key, value]) => known?.[key] === value,
      );
      if (same && JSON.stringify(known?.template?.data) === JSON.stringify(data)) return;
      const first = 'every' in repeat ? { startDate: nextRun(schedule, Date.now()) } : {};
      const template = { name, data, opts: this.#jobOptions() };
      await this.#queue.upsertJobScheduler(SCHEDULE, { ...repeat, ...first }, template);
    } catch (error) {
      // It is tried again as soon as Redis is back.
      const { message } = error as Error;
      this.#options.log.warn({ task: name, reason: message }, 'A schedule could not be written');
    }
  };

  async #attempt(job: Job<Held>, token: string | undefined, run: RunAttempt): Promise<void> {
    const id = job.id ?? '';
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      if (this.#stopping !== undefined) throw HANDED_BACK;
      const attempts = job.opts.attempts ?? 1;
      const attempt = { id, input: job.data.input, attempt: job.attemptsMade + 1, attempts };
      await run(attempt, controller.signal);
    } catch (error) {
      if (error === HANDED_BACK) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      throw error instanceof GiveUp ? new UnrecoverableError(error.message) : error;
    } finally {
      this.#running.delete(id);
      if (this.#running.size === 0) this.#idle();
    }
  }

  async #stop(timeoutMs: number): Promise<void> {
    this.#options.connections.commands.off('ready', this.#schedule);
    if (this.#worker !== undefined) {
      const closed = this.#worker.close();
      const idle = new Promise<void>((resolve) => {
        this.#idle = resolve;
        if (this.#running.size === 0) resolve();
      });
      await within(timeoutMs, idle);
      for (const controller of this.#running.values()) controller.abort(HANDED_BACK);
      // While Redis is away nothing can be handed back: the jobs are taken up once their locks have expired.
      await within(HAND_BACK_MS, closed);
    }
    await this.#queue.close();
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const waited = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { signal: waited.signal }).catch(() => {})]);
  waited.abort();
}

/** Since when a waiting job could have been run. */
function dueAt({ data, timestamp, processedOn }: Job<Held>): number {
  return Math.max(data.dueAt ?? timestamp, processedOn ?? 0);
}
