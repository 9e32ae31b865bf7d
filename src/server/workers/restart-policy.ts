/** Who lives this long after its start was no quick crash. */
const LONG_ENOUGH_MS = 10_000;
/** Quick crashes that are made up for at once. */
const AT_ONCE = 3;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** When the worker of one slot is started again: at once, and ever later when it keeps ending soon after its start. */
export class RestartPolicy {
  #quick = 0;

  /**
   * @param livedMs how long it lived
   * @returns milliseconds to wait
   */
  ended(livedMs: number): number {
    this.#quick = livedMs < LONG_ENOUGH_MS ? this.#quick + 1 : 0;
    if (this.#quick <= AT_ONCE) return 0;
    return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#quick - AT_ONCE - 1));
  }
}
