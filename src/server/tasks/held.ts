import type { Task } from './task.ts';

/** What a job holds in Redis. */
export interface Held {
  readonly input: unknown;
  /** When it was first to run, in milliseconds since 1970; not known of a scheduled one. */
  readonly dueAt?: number;
}

/** What all keys of tasks in Redis begin with. */
export const PREFIX = 'tidegate:tasks';

/** What a task is called in Redis. The braces keep all of it in one hash slot of a Cluster. */
export function queueName({ name }: Task): string {
  return `{${name}}`;
}
