import type { CachedResponse } from './cache-store.ts';

/** How a load ended: with a response for all who wait, with one that is not to be shared, or not at all. */
export type Outcome = CachedResponse | 'not to be shared' | 'abandoned';

/** Responses that are being made: who asks for one of them meanwhile waits for it. */
export class Loads {
  readonly #running = new Map<string, Promise<Outcome>>();

  /** The load that others have begun. */
  running(key: string): Promise<Outcome> | undefined {
    return this.#running.get(key);
  }

  /** Begins one. @returns how to end it; ending it twice does nothing */
  begin(key: string): (outcome: Outcome) => void {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#running.set(key, promise);
    return (outcome) => {
      if (this.#running.get(key) === promise) this.#running.delete(key);
      resolve(outcome);
    };
  }
}
