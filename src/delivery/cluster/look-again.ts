import { setTimeout as pause } from 'node:timers/promises';
import { ApiException } from '@kubernetes/client-node';
import { connectionFailure } from './connection-failure.ts';

/** Between two looks. */
const LOOK_AGAIN_MS = 1_000;

/**
 * What is seen at each look, until the signal ends it. An API server that does not answer for a while, or is overloaded, is
 * looked at again.
 */
export async function* lookAgain<T>(signal: AbortSignal, look: () => Promise<T>): AsyncGenerator<T> {
  const ended = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  while (!signal.aborted) {
    // Not kept by a look that is not answered.
    const seen = await Promise.race([look().catch(passing), ended]);
    if (seen !== undefined) yield seen;
    await pause(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {});
  }
}

function passing(error: unknown): undefined {
  const isPassing =
    error instanceof ApiException
      ? error.code >= 500 || error.code === 429
      : connectionFailure(error) !== undefined;
  if (!isPassing) throw error;
}
