import { setTimeout } from 'node:timers/promises';

/** Waits for a time, or until the signal says there is no point in waiting. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
}
