import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../../spec/settings.ts';
import { CLOSE } from '../websocket/close.ts';
import type { Connections } from './connections.ts';

const TICK_MS = 50;
/** Clients are spread by the pace of the closes already; the advice only keeps those of one tick apart. */
const MOST_ADVICE_MS = 500;

/**
 * Closes every client with 1012, or as its driver says, at `closesPerSecond`, and waits until all have gone; those left at the deadline are cut
 * off. The reason advises each when to come back.
 *
 * @returns how many were cut off
 */
export async function drainConnections(
  connections: Connections,
  { closesPerSecond, timeoutSeconds }: Settings['drain'],
): Promise<number> {
  const started = performance.now();
  const deadline = started + timeoutSeconds * 1_000;
  const waiting = [...connections];
  let next = 0;
  while (next < waiting.length && performance.now() < deadline) {
    const due = 1 + Math.floor(((performance.now() - started) / 1_000) * closesPerSecond);
    for (; next < Math.min(due, waiting.length); next += 1) {
      const advice = Math.round(Math.random() * MOST_ADVICE_MS);
      const reason = `The server is draining; retry-after-ms=${advice}`;
      waiting[next]?.dismiss('drain', { code: CLOSE.serviceRestart, reason });
    }
    if (next < waiting.length) await sleep(Math.max(0, Math.min(TICK_MS, deadline - performance.now())));
  }
  const waited = new AbortController();
  const left = Math.max(0, deadline - performance.now());
  await Promise.race([
    connections.whenEmpty(),
    sleep(left, undefined, { signal: waited.signal }).catch(() => {}),
  ]);
  waited.abort();
  const cut = connections.size;
  for (const connection of [...connections]) connection.terminate();
  return cut;
}
