import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** How long, and for whom, a GET route's responses are cached. */
export interface CacheRule {
  /** How long a response may be sent again. */
  readonly seconds: number;
  /** Request headers that a response depends on; any that is not listed must not change it. */
  readonly vary?: readonly string[];
  /**
   * Whether responses to who has proved who it is are cached too, for each user alone. False by default: such requests pass
   * the cache by.
   */
  readonly private?: boolean;
}

/**
 * Under what a response is kept. Only a hash of the request is in it, since a path or query may tell secrets. With a schema
 * for the query, names that it does not know make no key of their own.
 *
 * @returns undefined when the request must pass the cache by
 */
export function cacheKey(
  request: FastifyRequest,
  { vary = [], private: own }: CacheRule,
): string | undefined {
  const { user, path, route } = request.exchange;
  if (user === undefined ? hasProof(request, vary) : own !== true) return undefined;
  const query = Object.entries(request.query as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
  const headers = vary.map((name) => request.headers[name.toLowerCase()] ?? null);
  const identity = JSON.stringify([route, path, query, headers, user?.id ?? null]);
  return createHash('sha256').update(identity).digest('base64url');
}

/**
 * A proof that the route did not ask for may count for its handler all the same, and so may a cookie. A route that varies by
 * one of them says that it knows.
 */
function hasProof({ headers, url }: FastifyRequest, vary: readonly string[]): boolean {
  if (new URLSearchParams(url.split('?', 2)[1]).has('token')) return true;
  const varies = new Set(vary.map((name) => name.toLowerCase()));
  return ['authorization', 'x-api-key', 'cookie'].some(
    (name) => headers[name] !== undefined && !varies.has(name),
  );
}
