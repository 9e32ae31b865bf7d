import type { ProxySpec } from '../proxy-spec.ts';
import { type ServerSettings, sizeProxy } from '../sizing.ts';
import { accessLog, errorLog } from './access-log.ts';
import { block, type Lines, paragraphs, when } from './lines.ts';
import { securityHeaderMaps } from './response-headers.ts';
import { hostWithPort, servers } from './servers.ts';
import { tls } from './tls.ts';
import { upstreams } from './upstreams.ts';
import { HTTP2_DIRECTIVE } from './version.ts';

/**
 * Renders a complete `nginx.conf` for a proxy in front of Tidegate servers.
 *
 * @param settings the servers' settings; timeouts follow the ping interval, the number of connections their limit
 */
export function nginxConfig(proxy: ProxySpec, settings: ServerSettings): string {
  const sizing = sizeProxy(settings, proxy);
  const version = proxy.nginxVersion ?? `${HTTP2_DIRECTIVE} or later`;
  const lines = paragraphs([
    [`# A proxy in front of Tidegate, for nginx ${version}. Written by tidegate proxy-config nginx.`],
    [
      ...(proxy.user === undefined ? [] : [`user ${proxy.user};`]),
      'worker_processes auto;',
      `worker_rlimit_nofile ${sizing.openFiles};`,
      '# After a reload, sockets stay with the old workers until they end, but not for ever.',
      'worker_shutdown_timeout 12h;',
      errorLog(proxy),
    ],
    block('events', [
      '# Two for each socket: one to the client, one to the server.',
      `worker_connections ${sizing.workerConnections};`,
    ]),
    block(
      'http',
      paragraphs([
        general(proxy),
        accessLog(proxy),
        clients(proxy),
        proxied(proxy),
        [
          '# Headers that protect browsers, unless the server has sent its own.',
          ...securityHeaderMaps(proxy.certificate !== undefined),
        ],
        tls(proxy),
        upstreams(proxy),
        servers(proxy, sizing),
      ]),
    ),
  ]);
  return `${lines.join('\n')}\n`;
}

function general(proxy: ProxySpec): Lines {
  return [
    ...when(proxy.static !== undefined, ['include /etc/nginx/mime.types;', 'types_hash_max_size 2048;']),
    'default_type application/octet-stream;',
    'server_tokens off;',
    'sendfile on;',
    'tcp_nopush on;',
    '# The longest name that DNS allows fits.',
    'server_names_hash_bucket_size 512;',
    '',
    'gzip on;',
    'gzip_vary on;',
    'gzip_proxied any;',
    'gzip_min_length 1024;',
    'gzip_types text/css text/plain text/javascript application/javascript application/json image/svg+xml;',
  ];
}

/** What a client may ask for, and how long it may take. */
function clients({ clientMaxBody, ratePerSecond, connectionsPerAddress }: ProxySpec): Lines {
  return [
    `client_max_body_size ${clientMaxBody};`,
    'client_header_timeout 10s;',
    'client_body_timeout 10s;',
    'keepalive_timeout 65s;',
    'reset_timedout_connection on;',
    ...when(ratePerSecond > 0, [
      `limit_req_zone $binary_remote_addr zone=requests:10m rate=${ratePerSecond}r/s;`,
      'limit_req_status 429;',
    ]),
    ...when(connectionsPerAddress > 0, [
      'limit_conn_zone $binary_remote_addr zone=connections:10m;',
      'limit_conn_status 429;',
    ]),
  ];
}

/** What the servers are told of a request. Their error pages are passed on as they are. */
function proxied(proxy: ProxySpec): Lines {
  const host =
    proxy.certificate === undefined ? hostWithPort(proxy.httpPort, 80) : hostWithPort(proxy.httpsPort, 443);
  return [
    '# Upgrades to WebSocket and to nothing else; an empty header is not sent, so other connections are kept open.',
    'map $http_upgrade $upgrade { default ""; ~*^websocket$ websocket; }',
    'map $upgrade $connection_upgrade { default ""; websocket upgrade; }',
    'proxy_http_version 1.1;',
    'proxy_set_header Upgrade $upgrade;',
    'proxy_set_header Connection $connection_upgrade;',
    '',
    '# Replaced, not added to: what a client claims about itself is worth nothing.',
    `proxy_set_header Host ${host};`,
    `proxy_set_header X-Forwarded-Host ${host};`,
    'proxy_set_header X-Forwarded-Proto $scheme;',
    'proxy_set_header X-Forwarded-For $remote_addr;',
    'proxy_set_header X-Real-IP $remote_addr;',
    'proxy_set_header X-Request-Id $request_id;',
    'proxy_set_header Forwarded "";',
    'proxy_hide_header X-Request-Id;',
    '',
    'proxy_connect_timeout 5s;',
    'proxy_next_upstream_timeout 10s;',
  ];
}
