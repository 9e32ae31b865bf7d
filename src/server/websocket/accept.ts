import { hash } from 'node:crypto';
import { HttpError } from '../app/http-error.ts';
import type { UpgradeRequest } from './upgrade-request.ts';

/** https://www.rfc-editor.org/rfc/rfc6455#section-1.3 */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const VERSION = '13';
const PROTOCOLS = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*$/;

/** @throws HttpError when the request is no handshake of RFC 6455 */
export function checkHandshake({ method, headers }: UpgradeRequest): void {
  if (method !== 'GET') throw wrong(405, 'A handshake is a GET', { Allow: 'GET' });
  if (headers.upgrade?.toLowerCase() !== 'websocket')
    throw wrong(400, 'The Upgrade header must be websocket');
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) {
    throw wrong(400, 'The Sec-WebSocket-Key header must be 16 bytes in base64');
  }
  if (headers['sec-websocket-version'] !== VERSION) {
    throw wrong(426, `The Sec-WebSocket-Version header must be ${VERSION}`, {
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': VERSION,
    });
  }
  const protocols = headers['sec-websocket-protocol'];
  if (protocols !== undefined && !areProtocols(protocols)) {
    throw wrong(400, 'The Sec-WebSocket-Protocol header must be names, each once');
  }
}

/** The head of the 101 response to a handshake that was checked. @param lines further headers, without their ends */
export function acceptance({ headers }: UpgradeRequest, lines: readonly string[]): string {
  const key = hash('sha1', `${headers['sec-websocket-key']}${GUID}`, 'base64');
  const first = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n`;
  return `${first}${lines.join('\r\n')}\r\n\r\n`;
}

function areProtocols(text: string): boolean {
  if (!PROTOCOLS.test(text)) return false;
  const names = text.split(',').map((name) => name.trim());
  return new Set(names).size === names.length;
}

function wrong(status: number, message: string, headers: Readonly<Record<string, string>> = {}): HttpError {
  return new HttpError(status, message, { headers, check: 'handshake' });
}
