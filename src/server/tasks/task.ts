import type { Logger } from 'pino';
import type { z } from 'zod';
import { TidegateError } from '../../spec/errors.ts';
import type { Dependency } from '../app/dependency.ts';
import { BACK_OFF, type BackOff } from './back-off.ts';

/** What a run of a task is given beside its input. */
export interface TaskContext {
  /** Of the job: the same in all attempts, on whichever process. */
  readonly id: string;
  /** Which attempt it is, from 1. A worker that died does not count as one. */
  readonly attempt: number;
  /** How many there are at the most. */
  readonly attempts: number;
  /** Aborted when the time is up, and when the process has to end: what is not done by then is done again. */
  readonly signal: AbortSignal;
  /** Writes the task and the job along. */
  readonly log: Logger;
  /** Gives what the run depends on; it is closed when the run ends. */
  use<T>(dependency: Dependency<T>): Promise<T>;
}

/** When a task runs by itself, once for all processes. */
export type Schedule<Input> = { readonly input: Input } & (
  | {
      /** Seconds from one run to the next. */
      readonly everySeconds: number;
    }
  | {
      /** Five fields, or six with seconds first: `0 3 * * *`. */
      readonly cron: string;
      /** IANA name, for example `Europe/Zurich`; UTC by default. */
      readonly timezone?: string;
    }
);

export interface TaskDefinition<Input extends z.ZodType> {
  /** Letters, digits and hyphens: in the log, in metrics and in Redis. */
  readonly name: string;
  /** What a job must bring along, as JSON; checked when it is enqueued and again when it runs. */
  readonly input: Input;
  /** How often a job is tried before it is a dead letter; 3 by default. */
  readonly attempts?: number;
  readonly backoff?: Partial<BackOff>;
  /** After so many seconds an attempt has failed; 60 by default. */
  readonly timeoutSeconds?: number;
  /** Jobs that one process runs at once; `tasks.concurrency` by default. */
  readonly concurrency?: number;
  readonly schedule?: Schedule<z.input<Input>>;
  /**
   * Does the work. It may run more than once for one job, since a process can die between the work and the note that it is
   * done; so it must come to the same however often it runs. Throw `GiveUp` when a further attempt cannot help.
   */
  run(input: z.output<Input>, context: TaskContext): unknown;
}

/** A kind of work that is queued, and survives the process that asked for it. */
export interface Task<Input extends z.ZodType = z.ZodType> extends TaskDefinition<Input> {
  readonly attempts: number;
  readonly backoff: BackOff;
  readonly timeoutSeconds: number;
}

/** Sends a job to the dead letters at once, whatever attempts are left. */
export class GiveUp extends Error {
  override readonly name = 'GiveUp';
}

const NAME = /^[A-Za-z][A-Za-z0-9-]{0,62}$/;

/**
 * Defines a task; `app.tasks.define` puts it on an application.
 *
 * @throws TidegateError TG2301 when a value cannot be
 * @example
 * const mail = task({
 *   name: 'mail',
 *   input: z.strictObject({ to: z.email(), text: z.string() }),
 *   attempts: 5,
 *   run: async ({ to, text }, { use, signal }) => (await use(mailer)).send(to, text, signal),
 * });
 */
export function task<Input extends z.ZodType>(definition: TaskDefinition<Input>): Task<Input> {
  const { name, attempts = 3, timeoutSeconds = 60, concurrency } = definition;
  const backoff = { ...BACK_OFF, ...definition.backoff };
  const refuse = (field: string, reason: string) => {
    throw TidegateError.of('TG2301', `${name}.${field}`, reason);
  };
  if (!NAME.test(name)) refuse('name', 'A name has letters, digits and hyphens, and begins with a letter');
  if (!isCount(attempts)) refuse('attempts', 'It must be a whole number from 1');
  if (!(timeoutSeconds > 0)) refuse('timeoutSeconds', 'It must be more than 0');
  if (concurrency !== undefined && !isCount(concurrency))
    refuse('concurrency', 'It must be a whole number from 1');
  if (!(backoff.firstSeconds > 0)) refuse('backoff.firstSeconds', 'It must be more than 0');
  if (!(backoff.mostSeconds >= backoff.firstSeconds))
    refuse('backoff.mostSeconds', 'It must be at least firstSeconds');
  if (!(backoff.jitter >= 0 && backoff.jitter <= 1)) refuse('backoff.jitter', 'It must be from 0 to 1');
  return { ...definition, attempts, backoff, timeoutSeconds };
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
