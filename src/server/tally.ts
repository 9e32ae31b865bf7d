/** Counts of the hot path, kept as plain numbers; the metrics read them when they are scraped. */
export class Tally {
  /** Messages that came in. */
  received = 0;
  /** Messages that were queued for a client, counted once a client. */
  delivered = 0;
  /** Clients closed because too much waited for them. */
  overflows = 0;
  /** Clients that did not answer a ping. */
  dead = 0;
  readonly closes = new Map<number, number>();
  readonly refusals = new Map<string, number>();

  closed(code: number): void {
    this.closes.set(code, (this.closes.get(code) ?? 0) + 1);
  }

  refused(reason: string): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }
}
