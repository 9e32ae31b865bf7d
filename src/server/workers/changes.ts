import { setTimeout as sleep } from 'node:timers/promises';

/** Lets what waits for a condition look again whenever something has changed. */
export class Changes {
  readonly #checks = new Set<() => void>();

  notify(): void {
    for (const check of this.#checks) check();
  }

  /** Resolves once something is so, or the time is over. */
  async until(condition: () => boolean, withinMs?: number): Promise<void> {
    const over = new AbortController();
    let check = () => {};
    const met = new Promise<void>((resolve) => {
      check = () => {
        if (condition()) resolve();
      };
    });
    this.#checks.add(check);
    check();
    const late = withinMs === undefined ? [] : [sleep(withinMs, undefined, { signal: over.signal })];
    await Promise.race([met, ...late]);
    over.abort();
    this.#checks.delete(check);
  }
}
