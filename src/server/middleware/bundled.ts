import type { Registry } from 'prom-client';
import type { Settings } from '../../spec/settings.ts';
import type { Exchange } from '../app/exchange.ts';
import type { Middleware } from '../app/middleware.ts';
import { PROBE_PATHS } from '../http/probes.ts';
import { type Limiter, LocalLimiter } from '../pace/limiter.ts';
import { type Pace, paceOf } from '../pace/pace.ts';
import { RedisLimiter } from '../pace/redis-limiter.ts';
import { following } from '../settings/following.ts';
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
  /** The settings as they are now. */
  readonly current: () => Settings;
  readonly metrics: Registry;
  /** For limits over all replicas; undefined when there is one only. */
  readonly redis: SideRedis | undefined;
}

/** The middleware that the settings switch on, in its order: what refuses at the least cost comes first. */
export function bundledMiddleware({ current, metrics, redis }: BundledOptions): readonly Middleware[] {
  const { http, logging } = current();
  const list: Middleware[] = [];
  if (http.requestMetrics) list.push(requestMetrics(metrics));
  if (logging.access) list.push(accessLog());
  list.push(
    live(following(current, slowRequestMs, (least) => (least > 0 ? slowRequests(least) : undefined))),
  );
  if (http.processTime) list.push(processTime());
  if (!http.allowedHosts.includes('*')) list.push(exceptProbes(allowedHosts(http.allowedHosts)));
  list.push(exceptProbes(live(following(current, ({ addresses }) => addresses, addressFilterOf))));
  const rate = (kind: Exchange['kind'], name: string, pace: (settings: Settings) => Pace | undefined) =>
    live(following(current, pace, (of) => of && rateLimit(kind, limiter(name, of, redis))));
  list.push(exceptProbes(rate('http', 'http', requestPace)), rate('websocket', 'handshake', handshakePace));
  list.push(
    connectionLimits({
      get perIp() {
        return current().limits.connectionsPerIp;
      },
      get perUser() {
        return current().limits.connectionsPerUser;
      },
    }),
  );
  return list;
}

const slowRequestMs = ({ limits }: Settings) => limits.slowRequestMs;
const requestPace = ({ limits }: Settings) => paceOf(limits.requestsPerSecond, limits.burstSeconds);
const handshakePace = ({ limits }: Settings) => paceOf(limits.handshakesPerSecond, limits.burstSeconds);

function addressFilterOf(lists: Settings['addresses']): Middleware | undefined {
  return lists.allow.length + lists.deny.length > 0 ? addressFilter(lists) : undefined;
}

/** Middleware that is what the settings make of it at the time, which may be nothing. */
function live(made: () => Middleware | undefined): Middleware {
  return {
    name: made()?.name ?? 'switched off',
    onRequest: (exchange) => made()?.onRequest?.(exchange),
    onEnd: (exchange) => made()?.onEnd?.(exchange),
  };
}

/** Kubernetes and Prometheus come to each pod by its own address, whoever else may. */
function exceptProbes({ onRequest, ...middleware }: Middleware): Middleware {
  return {
    ...middleware,
    onRequest: (exchange) => (PROBE_PATHS.has(exchange.path) ? undefined : onRequest?.(exchange)),
  };
}

function limiter(name: string, pace: Pace, redis?: SideRedis): Limiter {
  const local = new LocalLimiter(pace);
  if (redis === undefined) return local;
  return new RedisLimiter({ redis, prefix: `tidegate:rate:${name}:`, pace, otherwise: local });
}
