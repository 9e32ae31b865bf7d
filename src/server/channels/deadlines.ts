/** Something that has to be done at a time. */
export interface Due {
  /** @param now in seconds since 1970 */
  due(now: number): void;
}

/** One wheel for all times of all clients, by the second: a client with nothing due costs nothing. */
export class Deadlines {
  readonly #bySecond = new Map<number, Set<Due>>();
  #next = Number.POSITIVE_INFINITY;

  /** Calls back in that second, given since 1970, or soon after. What is overtaken by then finds out for itself. */
  at(second: number, item: Due): void {
    const items = this.#bySecond.get(second) ?? new Set();
    this.#bySecond.set(second, items.add(item));
    this.#next = Math.min(this.#next, second);
  }

  tick(now: number): void {
    if (now < this.#next) return;
    const passed = [...this.#bySecond.keys()].filter((second) => second <= now).sort((a, b) => a - b);
    const items = passed.flatMap((second) => [...(this.#bySecond.get(second) ?? [])]);
    for (const second of passed) this.#bySecond.delete(second);
    this.#next = Math.min(...this.#bySecond.keys(), Number.POSITIVE_INFINITY);
    for (const item of items) item.due(now);
  }
}

/** Seconds since 1970. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

/** How long something lasts, as replies tell it. */
export function validity(expiresAt: number | undefined): { expires?: true; ttl?: number } {
  return expiresAt === undefined ? {} : { expires: true, ttl: Math.max(1, expiresAt - nowSeconds()) };
}
