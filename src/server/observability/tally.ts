/** Close codes that RFC 6455 and its registry define. */
const STANDARD_CODES = { first: 1000, last: 1015 };

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
  /** By code, as text; codes that a client may choose count as `other`, or it could make metrics without end. */
  readonly closes = new Map<string, number>();
  readonly refusals = new Map<string, number>();

  closed(code: number): void {
    const name = code >= STANDARD_CODES.first && code <= STANDARD_CODES.last ? String(code) : 'other';
    this.closes.set(name, (this.closes.get(name) ?? 0) + 1);
  }

  refused(reason: string): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }
}
