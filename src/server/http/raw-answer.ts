import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Answers on a connection that HTTP has let go of, a handshake or what was no request, and ends it. */
export function answerRaw(wire: Duplex, status: number, headers: readonly string[], body: string): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  wire.once('finish', () => wire.destroy());
  wire.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
