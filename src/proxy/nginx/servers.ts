import type { ProxySpec } from '../proxy-spec.ts';
import type { ProxySizing } from '../sizing.ts';
import { block, type Lines, paragraphs, when } from './lines.ts';
import { locations } from './locations.ts';
import { responseHeaders } from './response-headers.ts';
import { hasHttp2Directive } from './version.ts';

/** Handshakes that may wait to be accepted; after a restart all clients come at once. The kernel's own bound is the same. */
const BACKLOG = 4_096;

/** The server that answers, the one that redirects to it, and one that cuts off who asks for another name. */
export function servers(proxy: ProxySpec, sizing: ProxySizing): Lines {
  const tls = proxy.certificate !== undefined;
  const named = proxy.serverNames.length > 0;
  const names = `server_name ${named ? proxy.serverNames.join(' ') : '_'};`;
  const plain = listen(proxy, { port: proxy.httpPort, tls: false, first: !named });
  const secure = listen(proxy, { port: proxy.httpsPort, tls: true, first: !named });

  const stranger = block('server', [
    '# Whoever asks for a name that is not ours, as scanners do.',
    ...listen(proxy, { port: proxy.httpPort, tls: false, first: true }),
    ...when(tls, listen(proxy, { port: proxy.httpsPort, tls: true, first: true })),
    'server_name _;',
    'return 444;',
  ]);
  const redirect = block('server', [
    ...plain,
    names,
    `return 301 https://${hostWithPort(proxy.httpsPort, 443)}$request_uri;`,
  ]);
  const main = block('server', [
    ...(tls
      ? secure
      : ['# Without TLS, as no certificate is given: tokens and messages can be read on the way.', ...plain]),
    names,
    '',
    ...responseHeaders(tls),
    '',
    ...locations(proxy, sizing),
  ]);
  return paragraphs([when(named, stranger), when(tls, redirect), main]);
}

/** The host as the client wrote it, with the port where it is not the usual one. */
export function hostWithPort(port: number, usual: number): string {
  return port === usual ? '$host' : `$host:${port}`;
}

interface Listening {
  readonly port: number;
  readonly tls: boolean;
  /** The server for who asks for no known name; settings of the listening socket may stand here only. */
  readonly first: boolean;
}

function listen(proxy: ProxySpec, { port, tls, first }: Listening): Lines {
  const flags = [
    ...(tls ? ['ssl'] : []),
    ...(tls && !hasHttp2Directive(proxy.nginxVersion) ? ['http2'] : []),
    ...(first ? ['default_server', `backlog=${BACKLOG}`] : []),
  ].map((flag) => ` ${flag}`);
  return proxy.addresses.map((address) => {
    const host = address.includes(':') ? `[${address}]` : address;
    return `listen ${host}:${port}${flags.join('')};`;
  });
}
