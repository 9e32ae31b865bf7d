import { Histogram, type Registry } from 'prom-client';
import type { Middleware } from '../app/middleware.ts';

/** Seconds; from what a probe takes to what nobody waits for. */
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Counts and times HTTP requests and handshakes. Labels are bounded: a route is its pattern (`none` when nothing matched),
 * a method one that routes can have, a status `none` when the client had gone before the answer.
 */
export function requestMetrics(registry: Registry): Middleware {
  const registers = [registry];
  const requests = new Histogram({
    name: 'tidegate_http_request_duration_seconds',
    help: 'HTTP requests, from the head of the request to the end of the response',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers,
  });
  const handshakes = new Histogram({
    name: 'tidegate_handshake_duration_seconds',
    help: 'WebSocket handshakes until they are answered',
    labelNames: ['route', 'status'],
    buckets: BUCKETS,
    registers,
  });
  const seconds = (startedAt: number) => (performance.now() - startedAt) / 1_000;
  return {
    name: 'request metrics',
    onHeaders({ kind, route = 'none', status, startedAt }) {
      if (kind === 'websocket') handshakes.observe({ route, status }, seconds(startedAt));
    },
    onEnd({ kind, method, route = 'none', status, startedAt }) {
      if (kind !== 'http') return;
      const label = METHODS.has(method) ? method : 'other';
      requests.observe({ method: label, route, status: status ?? 'none' }, seconds(startedAt));
    },
  };
}
