import type { ProxySpec } from '../proxy-spec.ts';
import { type Lines, quoted, when } from './lines.ts';
import { hasHttp2Directive } from './version.ts';

/**
 * For browsers of the last ten years: Mozilla's intermediate configuration without DHE, which needs parameters of its own.
 *
 * @see https://wiki.mozilla.org/Security/Server_Side_TLS
 */
const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

/** TLS for all servers; nothing without a certificate. */
export function tls({ certificate, certificateKey, nginxVersion }: ProxySpec): Lines {
  if (certificate === undefined || certificateKey === undefined) return [];
  return [
    `ssl_certificate ${quoted(certificate)};`,
    `ssl_certificate_key ${quoted(certificateKey)};`,
    'ssl_protocols TLSv1.2 TLSv1.3;',
    `ssl_ciphers ${CIPHERS.join(':')};`,
    '# Clients know best which cipher is quick for them; all of these are safe.',
    'ssl_prefer_server_ciphers off;',
    '# Some 40,000 sessions, so that who comes back is spared a full handshake.',
    'ssl_session_cache shared:tls:10m;',
    'ssl_session_timeout 1d;',
    '# Their key would have to be rotated by hand.',
    'ssl_session_tickets off;',
    ...when(hasHttp2Directive(nginxVersion), ['http2 on;']),
  ];
}
