import { randomUUID } from 'node:crypto';
import { type Job, Queue as JobQueue, type JobsOptions } from 'bullmq';
import type { Logger } from 'pino';
import type { Settings } from '../../spec/settings.ts';
import { type Held, PREFIX, queueName } from './held.ts';
import type { DeadLetter, Enqueued, NewJob, Queue, QueueStats, RunAttempt } from './queue.ts';
import type { RedisConnections } from './redis-connections.ts';
import { writeSchedule } from './redis-schedule.ts';
import { RedisWorker } from './redis-worker.ts';
import type { Task } from './task.ts';

interface RedisQueueOptions {
  readonly connections: RedisConnections;
  readonly settings: Settings['tasks'];
  readonly log: Logger;
}

/** Of BullMQ's own event stream, which nothing here reads. */
const KEPT_EVENTS = 100;

/** Jobs in Redis, kept by BullMQ: they survive the process, and any process can take them. */
export class RedisQueue implements Queue {
  readonly #task: Task;
  readonly #options: RedisQueueOptions;
  readonly #queue: JobQueue<Held>;
  #worker: RedisWorker | undefined;

  constructor(task: Task, options: RedisQueueOptions) {
    this.#task = task;
    this.#options = options;
    this.#queue = new JobQueue<Held>(queueName(task), {
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
    const concurrency = this.#task.concurrency ?? settings.concurrency;
    this.#worker = new RedisWorker(this.#task, { connection: connections.workers, concurrency, log, run });
    // Redis may have forgotten the schedule by the time it is back.
    connections.commands.on('ready', this.#schedule);
    if (connections.commands.status === 'ready') await this.#schedule();
  }

  async stop(timeoutMs: number): Promise<void> {
    this.#options.connections.commands.off('ready', this.#schedule);
    await this.#worker?.stop(timeoutMs);
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  stats(): Promise<QueueStats> {
    return this.#ask(async () => {
      const counts = await this.#queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed');
      const { wait = 0, prioritized = 0, active = 0, delayed = 0, failed: dead = 0 } = counts;
      const next = await Promise.all([
        wait > 0 ? this.#queue.getJobs(['wait'], 0, 0, true) : [],
        prioritized > 0 ? this.#queue.getJobs(['prioritized'], 0, 0, true) : [],
      ]);
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

  readonly #schedule = async (): Promise<void> => {
    try {
      await writeSchedule(this.#queue, this.#task, this.#jobOptions());
    } catch (error) {
      // It is tried again as soon as Redis is back.
      const { message } = error as Error;
      this.#options.log.warn({ task: this.#task.name, reason: message }, 'A schedule could not be written');
    }
  };
}

/** Since when a waiting job could have been run. */
function dueAt({ data, timestamp, processedOn }: Job<Held>): number {
  return Math.max(data.dueAt ?? timestamp, processedOn ?? 0);
}
