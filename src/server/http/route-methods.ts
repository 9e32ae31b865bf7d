import type { Exchange } from '../app/exchange.ts';
import { HttpError } from '../app/http-error.ts';
import { RoutePattern } from '../transport/route-pattern.ts';
import type { HttpServer } from './fastify.ts';

/** Which methods each path has. Routes with wildcards or expressions are left out: they get 404, which is right as well. */
export class RouteMethods {
  readonly #routes = new Map<string, { readonly pattern: RoutePattern; readonly methods: Set<string> }>();

  constructor(http: Pick<HttpServer, 'addHook'>) {
    http.addHook('onRoute', ({ url, method }) => {
      if (/[*()]/.test(url)) return;
      const known = this.#routes.get(url) ?? { pattern: new RoutePattern(url), methods: new Set() };
      this.#routes.set(url, known);
      for (const name of [method].flat()) known.methods.add(name);
    });
  }

  /** Why no route takes a request: 405 where the path has other methods, 404 otherwise. */
  refusal({ path }: Pick<Exchange, 'path'>): HttpError {
    const allowed = new Set<string>();
    for (const { pattern, methods } of this.#routes.values()) {
      if (pattern.match(path) === undefined) continue;
      for (const method of methods) allowed.add(method);
    }
    if (allowed.size === 0) return new HttpError(404, 'Not found');
    const headers = { Allow: [...allowed].sort().join(', ') };
    return new HttpError(405, 'This path has no such method', { headers });
  }
}
