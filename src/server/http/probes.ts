import type { Registry } from 'prom-client';
import type { Backend } from '../observability/backend.ts';
import type { HttpServer } from './fastify.ts';

interface ProbeOptions {
  readonly backends: readonly Backend[];
  readonly metrics: Pick<Registry, 'contentType' | 'metrics'>;
  readonly connections: { readonly size: number };
  readonly draining: () => boolean;
}

/** Paths of what is asked of each pod by itself. */
export const PROBE_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** What Kubernetes and Prometheus ask for: /healthz, /readyz and /metrics. */
export function probes(http: HttpServer, { backends, metrics, connections, draining }: ProbeOptions): void {
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
}
