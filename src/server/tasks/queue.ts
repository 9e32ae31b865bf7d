import type { Task } from './task.ts';

/** A job as it is enqueued. */
export interface NewJob {
  /** As JSON holds it. */
  readonly input: unknown;
  /** While a job with this key has not ended, no other is added. */
  readonly key: string | undefined;
  readonly delayMs: number;
  /** Lower runs first. */
  readonly priority: number;
}

/** What became of an `enqueue`. */
export interface Enqueued {
  /** Of the job; of the one that was there already if it was not added. */
  readonly id: string;
  readonly added: boolean;
}

/** A job as it is run. */
export interface Attempt {
  readonly id: string;
  readonly input: unknown;
  /** From 1. */
  readonly attempt: number;
  readonly attempts: number;
}

/** A job that is not tried again by itself. */
export interface DeadLetter {
  readonly id: string;
  readonly input: unknown;
  /** Message of the last error. */
  readonly error: string;
  readonly attempts: number;
  readonly enqueuedAt: Date;
  readonly failedAt: Date;
}

/** How a task's queue stands, over all processes. */
export interface QueueStats {
  readonly waiting: number;
  readonly active: number;
  /** Due later, failed ones that wait for their next attempt included. */
  readonly delayed: number;
  readonly dead: number;
  /** For how long the job that is next in line has been due, in seconds; 0 when none waits. */
  readonly oldestWaitingSeconds: number;
}

/**
 * Runs one attempt. What it throws has failed it: a GiveUp for good. When the signal is aborted it rejects with the signal's
 * reason, and the job is as if it had not been taken.
 */
export type RunAttempt = (attempt: Attempt, signal: AbortSignal) => Promise<void>;

/** The jobs of one task. */
export interface Queue {
  /** @throws TidegateError TG2303 when what keeps the jobs is away */
  add(job: NewJob): Promise<Enqueued>;
  /** Begins to take jobs, and adds those that are scheduled. */
  work(run: RunAttempt): Promise<void>;
  /**
   * Takes no more jobs that another process could take, and lets the running ones end within so many milliseconds; those
   * that do not are handed back. Jobs can be added still.
   */
  stop(timeoutMs: number): Promise<void>;
  /** The end. Jobs that nobody else could take may run for so many milliseconds; then they are lost, and logged. */
  close(timeoutMs: number): Promise<void>;
  /** @throws TidegateError TG2303 */
  stats(): Promise<QueueStats>;
  /** The newest first. @throws TidegateError TG2303 */
  dead(offset: number, limit: number): Promise<readonly DeadLetter[]>;
  /** Has all its attempts again. False when there is no such dead letter. @throws TidegateError TG2303 */
  retry(id: string): Promise<boolean>;
  /** False when there is no such dead letter. @throws TidegateError TG2303 */
  discard(id: string): Promise<boolean>;
}

/** Where jobs are kept. */
export interface Queues {
  open(task: Task): Queue;
  /** Of the tasks that have a queue there; not where jobs are known to one process alone. @throws TidegateError TG2303 */
  names?(): Promise<readonly string[]>;
  /** Once all of them have stopped. */
  close(): void;
}

/** Why a signal is aborted when a process ends before a job: the job is not to blame. */
export const HANDED_BACK = new Error('The process ends; the job is handed back');
