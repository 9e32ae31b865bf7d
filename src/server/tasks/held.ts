/** What a job holds in Redis. */
export interface Held {
  readonly input: unknown;
  /** When it was first to run, in milliseconds since 1970; not known of a scheduled one. */
  readonly dueAt?: number;
}

/** What all keys of tasks in Redis begin with. */
export const PREFIX = 'tidegate:tasks';
