import type { Logger } from 'pino';
import { z } from 'zod';
import { TidegateError } from '../../spec/errors.ts';
import type { Settings } from '../../spec/settings.ts';
import type { DeadLetter, Queue, QueueStats, Queues } from './queue.ts';
import { openQueues } from './queues.ts';
import { task } from './task.ts';

/** How the jobs of one task stand. */
export interface TaskCounts extends QueueStats {
  readonly task: string;
}

/** A dead letter, and the task it is of. */
export interface TaskDeadLetter extends DeadLetter {
  readonly task: string;
}

/** Dead letters that are read, or retried, at once. */
const AT_ONCE = 100;

/**
 * The tasks that have jobs in Redis, whichever applications they are of. What is asked for one task takes its name; without
 * it, it is for all.
 */
export class QueuedTasks {
  readonly #queues: Queues;
  readonly #names: () => Promise<readonly string[]>;
  readonly #opened = new Map<string, Queue>();

  private constructor(queues: Queues, names: () => Promise<readonly string[]>) {
    this.#queues = queues;
    this.#names = names;
  }

  /** @throws TidegateError TG2002 when the settings name no Redis */
  static async open(settings: Settings, log: Logger): Promise<QueuedTasks> {
    const queues = await openQueues(() => settings, log);
    if (queues.names !== undefined) return new QueuedTasks(queues, queues.names);
    throw TidegateError.of('TG2002', 'redis.host', 'Without Redis tasks are in the memory of their process');
  }

  /** @throws TidegateError TG2303, TG2305 */
  async counts(name?: string): Promise<readonly TaskCounts[]> {
    const queues = await this.#of(name);
    return Promise.all(queues.map(async ([task, queue]) => ({ task, ...(await queue.stats()) })));
  }

  /** The newest first. @throws TidegateError TG2303, TG2305 */
  async dead(limit: number, name?: string): Promise<readonly TaskDeadLetter[]> {
    const letters: TaskDeadLetter[] = [];
    for (const [task, queue] of await this.#of(name)) {
      letters.push(...(await queue.dead(0, limit)).map((letter) => ({ task, ...letter })));
    }
    return letters.sort((one, other) => other.failedAt.getTime() - one.failedAt.getTime()).slice(0, limit);
  }

  /** Gives dead letters all their attempts again. @returns the task of each; none where there is no such dead letter */
  async retry(ids: readonly string[], name?: string): Promise<ReadonlyMap<string, string | undefined>> {
    const queues = await this.#of(name);
    const tasks = new Map<string, string | undefined>();
    for (const id of ids) {
      tasks.set(id, undefined);
      for (const [task, queue] of queues) if (await queue.retry(id)) tasks.set(id, task);
    }
    return tasks;
  }

  /** Retries all that are dead now; what fails again meanwhile is not retried twice. @returns how many, by task */
  async retryAll(name?: string): Promise<ReadonlyMap<string, number>> {
    const retried = new Map<string, number>();
    for (const [task, queue] of await this.#of(name)) {
      let count = 0;
      const ids = await deadIds(queue);
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        const done = await Promise.all(ids.slice(from, from + AT_ONCE).map((id) => queue.retry(id)));
        count += done.filter(Boolean).length;
      }
      retried.set(task, count);
    }
    return retried;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#opened.values()].map((queue) => queue.close(0)));
    this.#queues.close();
  }

  async #of(only: string | undefined): Promise<readonly (readonly [string, Queue])[]> {
    const names = await this.#names();
    if (only !== undefined && !names.includes(only)) {
      const known = names.length === 0 ? 'none' : names.join(', ');
      throw TidegateError.of('TG2305', only, `Redis has no such task; there are: ${known}`);
    }
    return names
      .filter((name) => only === undefined || name === only)
      .map((name) => [name, this.#open(name)]);
  }

  /** What a queue needs of its task is the name, as long as it neither adds nor runs anything. */
  #open(name: string): Queue {
    const queue =
      this.#opened.get(name) ?? this.#queues.open(task({ name, input: z.unknown(), run: () => {} }));
    this.#opened.set(name, queue);
    return queue;
  }
}

async function deadIds(queue: Queue): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (let offset = 0; ; offset += AT_ONCE) {
    const letters = await queue.dead(offset, AT_ONCE);
    for (const { id } of letters) ids.add(id);
    if (letters.length < AT_ONCE) return [...ids];
  }
}
