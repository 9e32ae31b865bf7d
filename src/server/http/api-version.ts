import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { HttpServer } from './fastify.ts';

export interface Deprecation {
  /** Since when the version should not be used in new code; a date as in `2026-11-01`. */
  readonly since: string;
  /** When it goes; a date. Unknown by default. */
  readonly sunset?: string;
  /** The version to use, for example `v2`. */
  readonly successor?: string;
}

export interface ApiOptions {
  readonly deprecated?: Deprecation;
}

/**
 * Puts routes under `/api/<version>`. Those of a deprecated version say so in each response (RFC 9745, RFC 8594), and in
 * /openapi.json.
 */
export function apiVersion(
  http: HttpServer,
  version: string,
  { deprecated }: ApiOptions,
  define: (routes: HttpServer) => void | Promise<void>,
): void {
  const headers = deprecated === undefined ? undefined : deprecationHeaders(deprecated);
  http.register(
    async (scope) => {
      if (headers !== undefined) {
        scope.addHook('onRoute', (route) => {
          route.schema = { ...route.schema, deprecated: true };
        });
        scope.addHook('onRequest', async (_, reply) => {
          reply.headers(headers);
        });
      }
      await define(scope.withTypeProvider<ZodTypeProvider>());
    },
    { prefix: `/api/${version}` },
  );
}

/** @throws RangeError when a date is none */
export function deprecationHeaders({ since, sunset, successor }: Deprecation): Record<string, string> {
  const seconds = Math.floor(dateOf(since).getTime() / 1_000);
  return {
    deprecation: `@${seconds}`,
    ...(sunset !== undefined && { sunset: dateOf(sunset).toUTCString() }),
    ...(successor !== undefined && { link: `</api/${successor}>; rel="successor-version"` }),
  };
}

function dateOf(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new RangeError(`${text} is not a date such as 2026-11-01`);
  return date;
}
