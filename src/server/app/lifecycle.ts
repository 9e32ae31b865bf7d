import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { TidegateError } from '../../spec/errors.ts';

/** Something that begins before the first client comes, and ends after the last has gone. */
export interface LifecycleHook {
  /** As the log and errors name it. */
  readonly name: string;
  start?(): void | Promise<void>;
  stop?(): void | Promise<void>;
  /** How long each may take, in seconds; 10 by default. */
  readonly deadlineSeconds?: number;
}

const DEADLINE_SECONDS = 10;

/** Hooks of an application: started in the order they were added, stopped in the reverse one. */
export class Lifecycle {
  readonly #log: Logger;
  readonly #hooks: LifecycleHook[] = [];
  readonly #started: LifecycleHook[] = [];

  constructor(log: Logger) {
    this.#log = log;
  }

  add(hook: LifecycleHook): void {
    this.#hooks.push(hook);
  }

  /**
   * Starts one after the other. When one fails, those before it are stopped.
   *
   * @throws TidegateError TG2005 naming the hook that failed or took too long
   */
  async start(): Promise<void> {
    for (const hook of this.#hooks) {
      try {
        await withinDeadline(hook, hook.start?.());
      } catch (error) {
        this.#log.error({ err: error, hook: hook.name }, 'A start hook failed');
        await this.stop();
        const reason = `The start hook ${hook.name} failed: ${(error as Error).message}`;
        throw TidegateError.of('TG2005', hook.name, reason);
      }
      this.#started.push(hook);
    }
  }

  /** Stops what was started. What fails is logged, and the others are stopped all the same. */
  async stop(): Promise<void> {
    for (const hook of this.#started.splice(0).reverse()) {
      try {
        await withinDeadline(hook, hook.stop?.());
      } catch (error) {
        this.#log.error({ err: error, hook: hook.name }, 'A stop hook failed');
      }
    }
  }
}

async function withinDeadline(
  { deadlineSeconds = DEADLINE_SECONDS }: LifecycleHook,
  work: void | Promise<void>,
): Promise<void> {
  if (work === undefined) return;
  const waited = new AbortController();
  const tooLong = sleep(deadlineSeconds * 1_000, undefined, { signal: waited.signal }).then(
    () => {
      throw new Error(`It took longer than ${deadlineSeconds} s`);
    },
    () => {},
  );
  try {
    await Promise.race([work, tooLong]);
  } finally {
    waited.abort();
  }
}
