import { pino } from 'pino';
import type { Exchange } from '../../../../src/server/index.ts';
import { traceOf } from '../../../../src/server/observability/trace-context.ts';

/** An exchange as a middleware meets it, and what it logs. */
export function exchangeOf(given: Partial<Exchange>): {
  exchange: Exchange;
  logged: Record<string, unknown>[];
} {
  const logged: Record<string, unknown>[] = [];
  const log = pino(
    { base: undefined, timestamp: false },
    { write: (line) => void logged.push(JSON.parse(line)) },
  );
  const exchange: Exchange = {
    kind: 'http',
    id: 'request-0001',
    method: 'GET',
    path: '/rooms/garden',
    route: '/rooms/:room',
    headers: {},
    ip: '10.0.0.1',
    user: undefined,
    status: 200,
    closeCode: undefined,
    startedAt: performance.now(),
    trace: traceOf({}),
    log,
    ...given,
  };
  return { exchange, logged };
}
