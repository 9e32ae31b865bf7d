import type { Registry } from 'prom-client';
import type { Settings } from '../../spec/settings.ts';
import type { Middleware } from '../app/middleware.ts';
import { PROBE_PATHS } from '../http/probes.ts';
import { type Limiter, LocalLimiter } from '../pace/limiter.ts';
import { paceOf } from '../pace/pace.ts';
import { RedisLimiter } from '../pace/redis-limiter.ts';
import type { SideRedis } from '../store/side-redis.ts';
import { accessLog } from './access-log.ts';
import { addressFilter } from './address-filter.ts';
import { allowedHosts } from './allowed-hosts.ts';
import { connectionLimits } from './connection-limits.ts';
import { processTime } from './process-time.ts';
import { rateLimit } from './rate-limit.ts';
import { requestMetrics } from './request-metrics.ts';
import { slowRequests } from './slow-requests.ts';

interface BundledOptions {
  readonly settings: Settings;
  readonly metrics: Registry;
  /** For limits over all replicas; undefined when there is one only. */
  readonly redis: SideRedis | undefined;
}

/** The middleware that the settings switch on, in its order: what refuses at the least cost comes first. */
export function bundledMiddleware({ settings, metrics, redis }: BundledOptions): readonly Middleware[] {
  const { limits, addresses, http, logging } = settings;
  const list: Middleware[] = [];
  if (http.requestMetrics) list.push(requestMetrics(metrics));
  if (logging.access) list.push(accessLog());
  if (limits.slowRequestMs > 0) list.push(slowRequests(limits.slowRequestMs));
  if (http.processTime) list.push(processTime());
  if (!http.allowedHosts.includes('*')) list.push(exceptProbes(allowedHosts(http.allowedHosts)));
  if (addresses.allow.length + addresses.deny.length > 0) list.push(exceptProbes(addressFilter(addresses)));
  const requests = limiter('http', limits.requestsPerSecond, limits.burstSeconds, redis);
  if (requests !== undefined) list.push(exceptProbes(rateLimit('http', requests)));
  const handshakes = limiter('handshake', limits.handshakesPerSecond, limits.burstSeconds, redis);
  if (handshakes !== undefined) list.push(rateLimit('websocket', handshakes));
  if (limits.connectionsPerIp + limits.connectionsPerUser > 0) {
    list.push(connectionLimits({ perIp: limits.connectionsPerIp, perUser: limits.connectionsPerUser }));
  }
  return list;
}

/** Kubernetes and Prometheus come to each pod by its own address, whoever else may. */
function exceptProbes({ onRequest, ...middleware }: Middleware): Middleware {
  return {
    ...middleware,
    onRequest: (exchange) => (PROBE_PATHS.has(exchange.path) ? undefined : onRequest?.(exchange)),
  };
}

function limiter(
  name: string,
  perSecond: number,
  burstSeconds: number,
  redis?: SideRedis,
): Limiter | undefined {
  const pace = paceOf(perSecond, burstSeconds);
  if (pace === undefined) return undefined;
  const local = new LocalLimiter(pace);
  if (redis === undefined) return local;
  return new RedisLimiter({ redis, prefix: `tidegate:rate:${name}:`, pace, otherwise: local });
}
