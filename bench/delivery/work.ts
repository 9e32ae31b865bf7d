/** How much of everything. */
export interface Size {
  /** Environments of `many`. */
  readonly environments: number;
  /** Runs of each contender, of which the median is told. */
  readonly runs: number;
}

/** What was found. */
export interface Finding {
  /** A figure or a ratio a line. */
  readonly lines: readonly string[];
  readonly met: boolean;
}

/** Some work of a front door, and what it may cost. */
export interface Work {
  readonly name: string;
  readonly goal: string;
  run(size: Size, directory: string): Promise<Finding>;
}
