import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Logger } from 'pino';
import type { RedisClient } from '../store/redis-client.ts';
import { backOffMs } from './back-off.ts';
import { type Held, PREFIX, queueName } from './held.ts';
import { HANDED_BACK, type RunAttempt } from './queue.ts';
import { GiveUp, type Task } from './task.ts';

interface RedisWorkerOptions {
  readonly connection: RedisClient;
  readonly concurrency: number;
  readonly log: Logger;
  readonly run: RunAttempt;
}

/** A process that has not renewed its hold on a job for so long is taken for dead. It renews every half of it. */
const LOCK_MS = 10_000;
const LOOK_FOR_DEAD_MS = 2_500;
/** Processes that may die of a job before it is a dead letter. */
const MOST_DEATHS = 3;
/** For handing jobs back when the time is up. */
const HAND_BACK_MS = 2_000;
const RETRY_NOTES_AFTER_MS = 1_000;

/** Takes the jobs of one task out of Redis, and runs them. */
export class RedisWorker {
  readonly #worker: Worker<Held>;
  readonly #run: RunAttempt;
  readonly #running = new Map<string, AbortController>();
  #stopping = false;
  #idle = () => {};

  constructor(task: Task, { connection, concurrency, log, run }: RedisWorkerOptions) {
    this.#run = run;
    this.#worker = new Worker<Held>(queueName(task), (job, token) => this.#attempt(job, token), {
      connection,
      prefix: PREFIX,
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: LOOK_FOR_DEAD_MS,
      maxStalledCount: MOST_DEATHS - 1,
      runRetryDelay: RETRY_NOTES_AFTER_MS,
      settings: { backoffStrategy: (failed) => backOffMs(failed, task.backoff) },
    });
    const { name } = task;
    this.#worker.on('error', ({ message }) =>
      log.warn({ task: name, reason: message }, 'A queue has trouble'),
    );
    this.#worker.on('failed', (job) => {
      if (job?.deferredFailure === undefined) return;
      log.error({ task: name, job: job.id }, 'A task failed for good: the processes that ran it died');
    });
    this.#worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.#running.get(id)?.abort(new Error('Another process may have taken the job'));
    });
  }

  /** Takes no more jobs; hands back those that have not ended within so many milliseconds. */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopping = true;
    const closed = this.#worker.close();
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve;
      if (this.#running.size === 0) resolve();
    });
    await within(timeoutMs, idle);
    for (const controller of this.#running.values()) controller.abort(HANDED_BACK);
    // While Redis is away nothing can be handed back: the jobs are taken over once their locks have expired.
    await within(HAND_BACK_MS, closed);
  }

  async #attempt(job: Job<Held>, token: string | undefined): Promise<void> {
    const id = job.id ?? '';
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      if (this.#stopping) throw HANDED_BACK;
      const attempts = job.opts.attempts ?? 1;
      const attempt = { id, input: job.data.input, attempt: job.attemptsMade + 1, attempts };
      await this.#run(attempt, controller.signal);
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
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const waited = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { signal: waited.signal }).catch(() => {})]);
  waited.abort();
}
