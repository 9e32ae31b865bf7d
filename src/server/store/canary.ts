/**
 * A message that a process sends itself through Redis: only when it comes back, commands and messages of that server both
 * work.
 */
export class Canary {
  /** Its channel, which belongs to the server in question. */
  channel: string | undefined;
  /** Whether the feed follows all it is to follow. */
  settled = false;
  #round = 0;
  #sentAt: number | undefined;
  #proven = false;

  /** Whether the feed works: the last canary has come back, and nothing has gone wrong since. */
  get proven(): boolean {
    return this.#proven && this.#sentAt === undefined;
  }

  /** For how many milliseconds one has been on its way; 0 when none is. */
  get awaitedMs(): number {
    return this.#sentAt === undefined ? 0 : performance.now() - this.#sentAt;
  }

  /** What was proven so far does not count any more. */
  doubt(): void {
    this.#round += 1;
    this.#sentAt = undefined;
    this.#proven = false;
  }

  /** The message to send. */
  send(): string {
    this.#round += 1;
    this.#sentAt = performance.now();
    return String(this.#round);
  }

  /** A message has come over its channel. Tells whether it is the last that was sent. */
  back(message: Buffer): boolean {
    if (this.#sentAt === undefined || Number(message.toString()) !== this.#round) return false;
    this.#sentAt = undefined;
    this.#proven = true;
    return true;
  }
}
