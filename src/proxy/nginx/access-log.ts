import { join } from 'node:path/posix';
import type { ProxySpec } from '../proxy-spec.ts';
import { type Lines, quoted } from './lines.ts';

/** Fields of a line, with nginx's variable and whether it is a number. */
const FIELDS: readonly (readonly [name: string, variable: string, kind: 'text' | 'number'])[] = [
  ['time', '$time_iso8601', 'text'],
  ['address', '$remote_addr', 'text'],
  ['requestId', '$request_id', 'text'],
  ['method', '$request_method', 'text'],
  ['host', '$host', 'text'],
  ['path', '$uri', 'text'],
  ['protocol', '$server_protocol', 'text'],
  ['status', '$status', 'number'],
  ['seconds', '$request_time', 'number'],
  ['bytesIn', '$request_length', 'number'],
  ['bytesOut', '$bytes_sent', 'number'],
  ['upgrade', '$upgrade', 'text'],
  ['upstream', '$upstream_addr', 'text'],
  ['upstreamStatus', '$upstream_status', 'text'],
  ['upstreamSeconds', '$upstream_response_time', 'text'],
  ['rateLimit', '$limit_req_status', 'text'],
  ['connectionLimit', '$limit_conn_status', 'text'],
  ['userAgent', '$http_user_agent', 'text'],
];

/** JSON lines with the path but neither query nor referrer, as tokens are in them. */
export function accessLog({ logDirectory }: ProxySpec): Lines {
  const parts = FIELDS.map(
    ([name, value, kind], index) =>
      `'${index === 0 ? '{' : ','}"${name}":${kind === 'number' ? value : `"${value}"`}'`,
  );
  return [
    '# The path without the query, and no referrer: tokens are in them.',
    'log_format tidegate escape=json',
    ...parts.map((part) => `    ${part}`),
    "    '}';",
    `access_log ${quoted(join(logDirectory, 'access.log'))} tidegate;`,
  ];
}

/** The log of the processes themselves. */
export function errorLog({ logDirectory }: ProxySpec): string {
  return `error_log ${quoted(join(logDirectory, 'error.log'))} warn;`;
}

/**
 * Keeps messages about single requests out of the error log: nginx writes the whole request line with them, and no
 * setting leaves its query out. The access log has the status, the upstream and the limit that refused instead.
 */
export function noRequestErrors({ logDirectory }: ProxySpec): string {
  return `error_log ${quoted(join(logDirectory, 'error.log'))} emerg;`;
}
