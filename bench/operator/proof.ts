import type { RestartableApiServer } from '../../test/integration/operator/restartable-api-server.ts';

/** How much of everything. */
export interface Size {
  /** Environments of `no-op` and `scale`. */
  readonly environments: number;
  /** Rounds of each fault, takeovers, resyncs, and times measured. */
  readonly rounds: number;
  /** Faults of `watch-faults`, by name; all when undefined. */
  readonly faults?: readonly string[];
}

/** What a proof found. */
export interface Finding {
  /** A sentence or a figure a line. */
  readonly lines: readonly string[];
  /** Undefined for what is only measured. */
  readonly met: boolean | undefined;
}

/** Something that is promised of the operator, and how it is seen on a real API server. */
export interface Proof {
  readonly name: string;
  readonly goal: string;
  run(apiServer: RestartableApiServer, size: Size): Promise<Finding>;
}
