import { type FastifyInstance, fastify } from 'fastify';
import type { Registry } from 'prom-client';
import type { Settings } from '../../spec/settings.ts';
import { originAllowed } from '../auth/origin.ts';
import type { Backend } from '../observability/backend.ts';

interface HttpOptions {
  readonly settings: Settings;
  readonly backends: readonly Backend[];
  readonly metrics: Registry;
  readonly connections: { readonly size: number };
  readonly draining: () => boolean;
}

/** The HTTP side: probes and metrics. Requests are not logged, so no query with a token in it ever is. */
export function httpServer({
  settings,
  backends,
  metrics,
  connections,
  draining,
}: HttpOptions): FastifyInstance {
  const http = fastify({ logger: false, forceCloseConnections: true });

  http.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    reply.header('vary', 'Origin').header('x-content-type-options', 'nosniff');
    if (origin === undefined || !originAllowed(origin, settings.cors.origins)) return;
    reply.header('access-control-allow-origin', settings.cors.origins.includes('*') ? '*' : origin);
    if (settings.cors.credentials) reply.header('access-control-allow-credentials', 'true');
  });

  // Fastify's own answer repeats the URL, and with it a token in the query.
  http.setNotFoundHandler((_, reply) => reply.code(404).send({ error: 'Not found' }));

  http.get('/healthz', async () => ({ status: 'ok' }));

  http.get('/readyz', async (_, reply) => {
    const ready = !draining() && !backends.some((backend) => backend.blocks);
    const degraded = backends.some((backend) => !backend.isUp);
    reply.code(ready ? 200 : 503);
    return {
      status: draining() ? 'draining' : !ready ? 'not ready' : degraded ? 'degraded' : 'ready',
      backends: Object.fromEntries(backends.map((backend) => [backend.name, backend.report()])),
      connections: connections.size,
    };
  });

  http.get('/metrics', async (_, reply) => {
    reply.type(metrics.contentType);
    return metrics.metrics();
  });

  return http;
}
