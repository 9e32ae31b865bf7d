import type { Address } from '../http/listen.ts';

/** What a worker learns when it is forked, in the variable `TIDEGATE_WORKER`. */
export interface WorkerTicket {
  /** Milliseconds between its heartbeats. */
  readonly beatMs: number;
  /** Where the supervisor listens. */
  readonly address: Address;
  /** Whether it is to tell which files it imports. */
  readonly tellsImports: boolean;
}

/** Where a worker serves. One that has no place yet waits for it, with its modules loaded. */
export interface WorkerPlace {
  /** From 1 on; who replaces it gets the same. */
  readonly slot: number;
  /** How many workers share what one replica may use. */
  readonly of: number;
}

/** How a worker is, at each heartbeat. */
export interface WorkerReport {
  readonly connections: number;
  /** The longest that one turn of the event loop was late since the last heartbeat, in milliseconds. */
  readonly lagMs: number;
  readonly memoryBytes: number;
}

/** What prom-client gives for a registry, as JSON. */
export type MetricsJson = readonly object[];

/** What a worker says. */
export type FromWorker =
  /** A file of the application, which was imported or is missing. */
  | { readonly kind: 'imported'; readonly file: string }
  /** Its modules are there, and it waits for its place. */
  | { readonly kind: 'loaded' }
  /** It takes clients. */
  | { readonly kind: 'listening' }
  /** It has reached its stores. */
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'beat' } & WorkerReport)
  /** It has a client's connection, which the supervisor may let go of. */
  | { readonly kind: 'taken'; readonly id: number }
  /** Its own metrics. */
  | { readonly kind: 'metrics'; readonly id: number; readonly metrics: MetricsJson }
  /** It is asked for those of all workers. */
  | { readonly kind: 'all-metrics'; readonly id: number };

/** What a supervisor says. */
export type FromSupervisor =
  | ({ readonly kind: 'serve' } & WorkerPlace)
  /** Comes with a client's connection. */
  | { readonly kind: 'client'; readonly id: number }
  /** To drain and end; others may go on, and take its clients. */
  | { readonly kind: 'drain'; readonly othersGoOn: boolean }
  | { readonly kind: 'metrics'; readonly id: number }
  | { readonly kind: 'all-metrics'; readonly id: number; readonly text: string }
  /** Clients of all workers together. */
  | { readonly kind: 'fleet'; readonly connections: number };
