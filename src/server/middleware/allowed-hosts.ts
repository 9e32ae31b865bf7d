import { HttpError } from '../app/http-error.ts';
import type { Middleware } from '../app/middleware.ts';

/**
 * Refuses requests with 421 whose `Host` is none of these: a name that someone else points at the server (DNS rebinding)
 * then makes no page of theirs one of ours. `*` stands for any host, `*.example.com` for every name beneath that one.
 */
export function allowedHosts(patterns: readonly string[]): Middleware {
  const exact = new Set(patterns.map((pattern) => pattern.toLowerCase()));
  const endings = [...exact].filter((pattern) => pattern.startsWith('*.')).map((pattern) => pattern.slice(1));
  return {
    name: 'allowed hosts',
    onRequest({ headers }) {
      const host = (headers.host ?? '').replace(/:\d*$/, '').toLowerCase();
      if (exact.has('*') || exact.has(host) || endings.some((ending) => host.endsWith(ending))) return;
      throw new HttpError(421, 'This server is not the host that was asked for', { check: 'host' });
    },
  };
}
