import type { ProxySpec } from '../proxy-spec.ts';
import { block, type Lines, paragraphs } from './lines.ts';

/**
 * The servers twice: a server that is full or drains refuses handshakes with 503, which counts as a failure, and must not
 * lose its plain requests for it. `zone` lets all workers share the counts.
 */
export function upstreams(proxy: ProxySpec): Lines {
  const servers = proxy.upstreams.map((upstream) => `server ${upstream} max_fails=3 fail_timeout=5s;`);
  return paragraphs([
    block('upstream tidegate_http', [
      'zone tidegate_http 256k;',
      ...servers,
      'keepalive 32;',
      '# Below the 72 s after which the server closes an idle connection itself.',
      'keepalive_timeout 60s;',
    ]),
    block('upstream tidegate_sockets', [
      'zone tidegate_sockets 256k;',
      '# Sockets last, so turns would leave a restarted server empty.',
      'least_conn;',
      ...servers,
    ]),
  ]);
}
