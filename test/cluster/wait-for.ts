import { setTimeout as delay } from 'node:timers/promises';

/** Asks until the answer is not undefined; after the limit, an error says what was waited for and why it did not come. */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  { seconds = 60, everyMilliseconds = 100 } = {},
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`Waited ${seconds} s for ${what}`, { cause: lastError });
    }
    await delay(everyMilliseconds);
  }
}
