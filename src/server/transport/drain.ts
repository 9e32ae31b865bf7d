import { setTimeout as sleep } from 'node:timers/promises';
import type { ReconnectBudget } from '../pace/reconnect-budget.ts';
import { CLOSE } from '../websocket/close.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';

/** Clients are spread by the pace of the closes already; the advice only keeps those of one batch apart. */
const MOST_ADVICE_MS = 500;
/** Before the deadline whoever is left is told to go, whatever the budget: who is cut off instead learns nothing. */
const LAST_CALL = { share: 0.1, mostMs: 2_000 };

/** Asks a client to come back on another replica: with 1012, or as its driver says. The reason advises it when. */
export function sendAway(connection: Connection, why: string): void {
  const advice = Math.round(Math.random() * MOST_ADVICE_MS);
  const reason = `${why}; retry-after-ms=${advice}`;
  connection.dismiss('drain', { code: CLOSE.serviceRestart, reason });
}

/**
 * Sends every client away within the budget, and waits until all have gone; those left at the deadline are cut off.
 *
 * @returns how many were cut off
 */
export async function drainConnections(
  connections: Connections,
  budget: ReconnectBudget,
  timeoutSeconds: number,
): Promise<number> {
  const timeoutMs = timeoutSeconds * 1_000;
  const deadline = performance.now() + timeoutMs;
  const lastCall = deadline - Math.min(timeoutMs * LAST_CALL.share, LAST_CALL.mostMs);
  let waiting = [...connections];
  while (waiting.length > 0) {
    const count = await budget.take(waiting.length, lastCall);
    // Who has left meanwhile needs none of the budget.
    waiting = waiting.filter(({ state }) => state !== 'closed');
    for (const connection of waiting.splice(0, count === 0 ? waiting.length : count)) {
      sendAway(connection, 'The server is draining');
    }
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
