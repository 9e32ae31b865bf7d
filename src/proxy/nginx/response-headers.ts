import type { Lines } from './lines.ts';

/** Headers that protect a browser; the server's own value wins where it sends one. */
interface SecurityHeader {
  readonly name: string;
  readonly value: string;
  /** Sent over TLS only. */
  readonly tls?: true;
}

const SECURITY_HEADERS: readonly SecurityHeader[] = [
  // A year, as browsers' preload lists ask for: https://hstspreload.org. Other hosts of the domain are not ours to bind.
  { name: 'Strict-Transport-Security', value: 'max-age=31536000', tls: true },
  { name: 'X-Content-Type-Options', value: 'nosniff' },
  { name: 'X-Frame-Options', value: 'DENY' },
  // Tokens may be in the address of a page.
  { name: 'Referrer-Policy', value: 'no-referrer' },
];

const sent = (tls: boolean) => SECURITY_HEADERS.filter((header) => tls || header.tls !== true);
const variable = ({ name }: SecurityHeader) => name.toLowerCase().replaceAll('-', '_');

/** A variable a header: its value, or nothing where the server has sent it. nginx does not send an empty header. */
export function securityHeaderMaps(tls: boolean): Lines {
  return sent(tls).map(
    (header) =>
      `map $upstream_http_${variable(header)} $add_${variable(header)} { default ""; "" "${header.value}"; }`,
  );
}

/** Adds the headers to every answer. A location that adds one of its own inherits none, so it needs these lines too. */
export function responseHeaders(tls: boolean): Lines {
  return [
    'add_header X-Request-Id $request_id always;',
    ...sent(tls).map((header) => `add_header ${header.name} $add_${variable(header)} always;`),
  ];
}
