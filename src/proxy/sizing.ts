import type { Settings } from '../spec/settings.ts';
import type { ProxySpec } from './proxy-spec.ts';

/** The settings of the servers that the arithmetic reads. */
export interface ServerSettings {
  readonly ping: Pick<Settings['ping'], 'intervalSeconds'>;
  readonly limits: Pick<Settings['limits'], 'connections'>;
}

/** What follows for a proxy from its servers' settings by arithmetic, and is therefore asked nowhere. */
export interface ProxySizing {
  /** A socket on which neither side sends anything for this long is cut, in seconds. */
  readonly socketTimeoutSeconds: number;
  /** A server that says nothing for this long has failed an HTTP request, in seconds. */
  readonly httpTimeoutSeconds: number;
  /** Connections one worker process may hold, to clients and to servers. */
  readonly workerConnections: number;
  /** Files one worker process may have open. */
  readonly openFiles: number;
}

/** Two pings may be late or lost before a socket is given up. */
const PINGS = 3;
/** For the way through the network and a busy event loop. */
const MARGIN_SECONDS = 2;
/** nginx's own default for `proxy_read_timeout`. */
const HTTP_TIMEOUT_SECONDS = 60;
/** Kept for plain requests and for connections that wait for the next one. */
const HTTP_CONNECTIONS = 1_024;
/** Half of what Linux lets one process open: https://docs.kernel.org/admin-guide/sysctl/fs.html (nr_open is 1,048,576). */
const MOST_CONNECTIONS = 524_288;
/** Log files, listening sockets, files that are being sent. */
const OTHER_FILES = 1_024;

/**
 * Derives; arithmetic only.
 *
 * - Each client is pinged every `ping.intervalSeconds`, so a healthy socket is never silent for longer. Three intervals and
 *   a margin cut what is dead, and nothing else: 20 s make 62 s. The same time holds for a write that does not get through.
 * - A proxied socket is two connections. A worker must be able to hold all sockets of all servers, since nothing spreads
 *   them evenly over workers.
 */
export function sizeProxy(
  { ping, limits }: ServerSettings,
  { upstreams }: Pick<ProxySpec, 'upstreams'>,
): ProxySizing {
  const sockets = limits.connections * upstreams.length;
  const workerConnections = Math.min(MOST_CONNECTIONS, 2 * sockets + HTTP_CONNECTIONS);
  return {
    socketTimeoutSeconds: PINGS * ping.intervalSeconds + MARGIN_SECONDS,
    httpTimeoutSeconds: HTTP_TIMEOUT_SECONDS,
    workerConnections,
    openFiles: workerConnections + OTHER_FILES,
  };
}
