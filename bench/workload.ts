import type { Activity } from './contender.ts';

/** A figure of the load generator, `bench/loadgen/meter.go` and `modes.go` tell what each means. */
export type Measured =
  | 'perSecond'
  | 'perCpuSecond'
  | 'p50Ms'
  | 'p99Ms'
  | 'calmP99Ms'
  | 'p99Ratio'
  | 'kbPerConnection'
  | 'serverCpu'
  | 'generatorCpu'
  | 'foreignCpu';

/** One run of the generator, and what is kept of it. */
export interface Load {
  readonly mode:
    | 'flat-out'
    | 'one-at-a-time'
    | 'rate'
    | 'echo'
    | 'idle'
    | 'connect'
    | 'slow-readers'
    | 'flooded';
  readonly clients: number;
  /** Clients that are there before memory is read for the first time; 0 by default. */
  readonly earlier?: number;
  /** Time that is measured, in seconds; `--seconds` by default. */
  readonly seconds?: number;
  /** Messages a second at a fixed rate; 20 by default. */
  readonly perSecond?: number;
  /** Messages published at once; 1 by default. */
  readonly burst?: number;
  /** Bytes of a message without its envelope; 128 by default. */
  readonly messageBytes?: number;
  /** What disturbs the clients in every other turn: `bench/loadgen/stranger.go`. */
  readonly flood?: 'messages' | 'long-messages' | 'pings' | 'handshakes' | 'non-readers';
  /** Path of the endpoint that is flooded; that of the clients by default. */
  readonly floodPath?: string;
  readonly figures: readonly Figure[];
}

export interface Figure {
  readonly measured: Measured;
  /** As the tables call it, with its unit. */
  readonly title: string;
  readonly better: 'higher' | 'lower';
  /** Whether what else runs on the machine, or a busy generator, falsifies it. */
  readonly byClock: boolean;
  readonly digits?: number;
}

/** What we want to reach: a ratio over another contender, or a figure of its own. */
export type Goal = { readonly contender: string; readonly figure: string } & (
  | { readonly against: string; readonly atLeast: number }
  | { readonly atMost: number }
);

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly activity: Activity;
  /** Two share a Redis; 1 by default. */
  readonly replicas?: 2;
  /** One after the other, all against one server. */
  readonly loads: readonly Load[];
  readonly goals: readonly Goal[];
}
