import type { Middleware } from '../app/middleware.ts';

/** Logs one line for each HTTP request and each WebSocket, at its end. A query, which may hold a token, is not in it. */
export function accessLog(): Middleware {
  return {
    name: 'access log',
    // It cannot be found out once the client has gone.
    onRequest: ({ ip }) => void ip,
    onEnd({ kind, method, path, status, closeCode, startedAt, ip, user, log }) {
      const outcome = kind === 'http' ? { status } : { status, closeCode };
      const durationMs = Math.round(performance.now() - startedAt);
      log.info(
        { kind, method, path, ...outcome, durationMs, ip, ...(user && { user: user.id }) },
        kind === 'http' ? 'A request ended' : 'A WebSocket ended',
      );
    },
  };
}
