import type { Middleware } from '../app/middleware.ts';

/** Warns of each HTTP request that took so many milliseconds or more. WebSockets are meant to last. */
export function slowRequests(thresholdMs: number): Middleware {
  return {
    name: 'slow requests',
    onEnd(exchange) {
      const { kind, method, path, status, startedAt } = exchange;
      const durationMs = Math.round(performance.now() - startedAt);
      if (kind !== 'http' || durationMs < thresholdMs) return;
      exchange.log.warn({ method, path, status, durationMs }, 'A request was slow');
    },
  };
}
