import type { ProxySpec } from '../proxy-spec.ts';
import type { ProxySizing } from '../sizing.ts';
import { noRequestErrors } from './access-log.ts';
import { block, type Lines, paragraphs, quoted, when } from './lines.ts';
import { responseHeaders } from './response-headers.ts';

/** Paths that tell about the inside: Prometheus and the load balancer ask the servers themselves. */
const INTERNAL_PATHS = ['/metrics', '/readyz'];

/** Everything that one server answers. */
export function locations(proxy: ProxySpec, sizing: ProxySizing): Lines {
  return paragraphs([
    when(
      !proxy.exposeMetrics,
      INTERNAL_PATHS.map((path) => `location = ${path} { return 404; }`),
    ),
    proxy.static === undefined ? [] : staticFiles(proxy, proxy.static),
    plainRequests(proxy, sizing),
    sockets(proxy, sizing),
  ]);
}

function plainRequests(proxy: ProxySpec, { httpTimeoutSeconds }: ProxySizing): Lines {
  return block('location /', [
    '# WebSockets have timeouts and an upstream of their own; 418 never leaves this server.',
    'error_page 418 = @sockets;',
    'if ($connection_upgrade) { return 418; }',
    '',
    ...limits(proxy),
    'proxy_pass http://tidegate_http;',
    `proxy_read_timeout ${httpTimeoutSeconds}s;`,
    `proxy_send_timeout ${httpTimeoutSeconds}s;`,
    '# Without non_idempotent: a POST that a server has begun is not sent to another.',
    'proxy_next_upstream error timeout;',
    noRequestErrors(proxy),
  ]);
}

function sockets(proxy: ProxySpec, { socketTimeoutSeconds }: ProxySizing): Lines {
  return block('location @sockets', [
    ...limits(proxy),
    'proxy_pass http://tidegate_sockets;',
    '# Three pings of the server and a margin.',
    `proxy_read_timeout ${socketTimeoutSeconds}s;`,
    `proxy_send_timeout ${socketTimeoutSeconds}s;`,
    `send_timeout ${socketTimeoutSeconds}s;`,
    'proxy_buffering off;',
    '# A server that drains or is full refuses handshakes with 503; another may take them.',
    'proxy_next_upstream error timeout http_503;',
    noRequestErrors(proxy),
  ]);
}

function limits({ ratePerSecond, burst = 2 * ratePerSecond, connectionsPerAddress }: ProxySpec): Lines {
  return [
    ...when(ratePerSecond > 0, [`limit_req zone=requests${burst > 0 ? ` burst=${burst} nodelay` : ''};`]),
    ...when(connectionsPerAddress > 0, [`limit_conn connections ${connectionsPerAddress};`]),
  ];
}

function staticFiles(proxy: ProxySpec, directory: string): Lines {
  return block('location /static/', [
    `alias ${quoted(`${directory.replace(/\/+$/, '')}/`)};`,
    '# Not with always: a 404 must not be kept.',
    'add_header Cache-Control "public, max-age=31536000, immutable";',
    ...responseHeaders(proxy.certificate !== undefined),
    noRequestErrors(proxy),
    '# Such as .git and .env.',
    'location ~ /\\. { return 404; }',
  ]);
}
