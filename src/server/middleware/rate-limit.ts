import { setTimeout } from 'node:timers/promises';
import type { Exchange } from '../app/exchange.ts';
import { HttpError } from '../app/http-error.ts';
import type { Middleware } from '../app/middleware.ts';
import { clientKey } from '../pace/client-key.ts';
import type { Limiter } from '../pace/limiter.ts';

/** Handshakes whose refusal is put off, at the most; beyond, they are refused at once. */
const MOST_HELD = 1_000;
/** For how long at the most. */
const HELD_MS = 1_000;

/**
 * Refuses HTTP requests, or handshakes, with 429 and `Retry-After` when their address makes too many. A handshake is
 * refused only when the next one may come: who tries again at once would take more time by being refused than by being
 * let in.
 */
export function rateLimit(kind: Exchange['kind'], limiter: Limiter): Middleware {
  let held = 0;
  const judge = (waitMs: number) => {
    if (waitMs === 0) return;
    const headers = { 'Retry-After': String(Math.ceil(waitMs / 1_000)) };
    const refusal = new HttpError(429, 'Too many requests', { headers, check: 'rate' });
    if (kind === 'http' || held === MOST_HELD) throw refusal;
    held += 1;
    return setTimeout(Math.min(waitMs, HELD_MS)).then(() => {
      held -= 1;
      throw refusal;
    });
  };
  return {
    name: `rate limit (${kind})`,
    onRequest(exchange) {
      if (exchange.kind !== kind) return;
      const wait = limiter.take(clientKey(exchange.ip));
      return typeof wait === 'number' ? judge(wait) : wait.then(judge);
    },
  };
}
