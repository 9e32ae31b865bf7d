import type { Middleware } from '../app/middleware.ts';

/** Tells in `X-Process-Time` how many seconds an HTTP request took, from its head to the head of the response. */
export function processTime(): Middleware {
  return {
    name: 'process time',
    onHeaders({ kind, startedAt }, headers) {
      if (kind === 'http')
        headers.set('X-Process-Time', ((performance.now() - startedAt) / 1_000).toFixed(6));
    },
  };
}
