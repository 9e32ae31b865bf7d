/** One time of leading. */
export interface Term {
  /** Aborted once the lease is lost. */
  readonly lost: AbortSignal;
  /** Whether writes are still allowed, by the clock. */
  held(): boolean;
}

/** A term that lasts a while from each renewal of its lease. */
export class HeldTerm implements Term {
  readonly #lost = new AbortController();
  readonly #deadlineMs: number;
  /** Why it is over. */
  lostBy: 'lease' | 'stopped' | undefined;
  #until = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(renewedAt: number, deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
    this.renewed(renewedAt);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  held(): boolean {
    return !this.#lost.signal.aborted && performance.now() < this.#until;
  }

  /** Counts from before the request was sent: the server may have taken it at once. */
  renewed(at: number): void {
    this.#until = at + this.#deadlineMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end('lease'), Math.max(0, this.#until - performance.now()));
  }

  end(by: 'lease' | 'stopped'): void {
    clearTimeout(this.#timer);
    this.lostBy ??= by;
    this.#lost.abort();
  }
}
