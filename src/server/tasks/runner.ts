import type { Logger } from 'pino';
import type { DependencyScope } from '../app/dependency.ts';
import type { Background } from './background.ts';
import { issuesOf } from './input.ts';
import { type Attempt, HANDED_BACK } from './queue.ts';
import { GiveUp, type Task } from './task.ts';

/** How a run ended: `retried` and `dead` have failed, `returned` was cut off by the end of the process. */
export type Outcome = 'done' | 'retried' | 'dead' | 'returned';

interface RunnerOptions {
  readonly scope: DependencyScope;
  readonly background: Background;
  readonly log: Logger;
  /** Told of each run. */
  readonly ran: (task: string, outcome: Outcome, seconds: number) => void;
}

/** Runs attempts, wherever the jobs come from: checks, dependencies, time limit, log and metrics. */
export class Runner {
  readonly #options: RunnerOptions;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** @throws Error what failed it; GiveUp when a further attempt cannot help; the signal's reason when that is aborted */
  async run(task: Task, attempt: Attempt, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    const log = this.#options.log.child({ task: task.name, job: attempt.id, attempt: attempt.attempt });
    const ended = (outcome: Outcome) =>
      this.#options.ran(task.name, outcome, (performance.now() - started) / 1_000);
    try {
      await this.#run(task, attempt, { signal, log });
      ended('done');
      log.debug('A task is done');
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (error === HANDED_BACK) {
        ended('returned');
        log.warn('A task was not done before the end');
      } else if (attempt.attempt < attempt.attempts && !(error instanceof GiveUp)) {
        ended('retried');
        log.warn({ err: error }, 'A task failed; it is tried again');
      } else {
        ended('dead');
        log.error({ err: error }, 'A task failed for good');
      }
      throw error;
    }
  }

  async #run(
    task: Task,
    attempt: Attempt,
    { signal, log }: { signal: AbortSignal; log: Logger },
  ): Promise<void> {
    const input = task.input.safeParse(attempt.input);
    if (!input.success) throw new GiveUp(`The input does not fit: ${issuesOf(input.error).join('; ')}`);
    const line = this.#options.background.line({ log });
    const scope = this.#options.scope.child('connection', { log, background: line.add });
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort(new Error(`It took longer than ${task.timeoutSeconds} s`)),
      Math.min(task.timeoutSeconds * 1_000, 2 ** 31 - 1),
    );
    const both = AbortSignal.any([signal, limit.signal]);
    const aborted = new Promise<never>((_, reject) => {
      both.addEventListener('abort', () => reject(both.reason), { once: true });
      if (both.aborted) reject(both.reason);
    });
    const { id, attempt: number, attempts } = attempt;
    const work = (async () => {
      try {
        const use = scope.use.bind(scope);
        await task.run(input.data, { id, attempt: number, attempts, signal: both, log, use });
      } finally {
        // A run that does not heed its signal keeps what it uses until it ends all the same.
        void line.release().then(() => scope.close());
      }
    })();
    try {
      await Promise.race([work, aborted]);
    } finally {
      clearTimeout(timer);
      work.catch(() => {});
      aborted.catch(() => {});
    }
  }
}
