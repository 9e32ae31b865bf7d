import type { Exchange } from '../app/exchange.ts';
import { HttpError } from '../app/http-error.ts';
import type { Middleware } from '../app/middleware.ts';
import { clientKey } from '../pace/client-key.ts';
import type { Limiter } from '../pace/limiter.ts';

/** Refuses HTTP requests, or handshakes, with 429 and `Retry-After` when their address makes too many. */
export function rateLimit(kind: Exchange['kind'], limiter: Limiter): Middleware {
  const judge = (waitMs: number) => {
    if (waitMs === 0) return;
    const headers = { 'Retry-After': String(Math.ceil(waitMs / 1_000)) };
    throw new HttpError(429, 'Too many requests', { headers, check: 'rate' });
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
