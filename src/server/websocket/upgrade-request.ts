import type { IncomingHttpHeaders } from 'node:http';

/** What a handshake is read from; an `IncomingMessage` is one. */
export interface UpgradeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** Longer heads are left to node:http, which has a limit of its own. */
const MOST_HEAD_BYTES = 8_192;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
/** A path and a query of the characters that stand for themselves. */
const REQUEST_LINE = /GET (\/[\w.~!$&'()*+,;=:@/?%-]*) HTTP\/1\.1\r\n/y;
/** A name and a value of printable ASCII. No name has an underscore, which proxies take for a dash. */
const HEADER_LINE = /([!#$%&'*+.^`|~0-9A-Za-z-]+): ?([!-~](?:[ -~]*[!-~])?)\r\n/y;
const CONNECTION_UPGRADE = /(?:^|,)[ \t]*upgrade[ \t]*(?:,|$)/i;
/** They announce a body, of which a handshake has none. */
const OF_A_BODY = ['content-length', 'transfer-encoding', 'expect', 'trailer'];

/**
 * Reads the head of a handshake in the form that all usual clients write: whole in one chunk, each header once, nothing
 * that can be read in two ways. Whatever else there is in HTTP is for node:http to judge.
 *
 * @returns undefined when it is not of this form
 */
export function readPlainUpgrade(
  chunk: Buffer,
): { readonly url: string; readonly headers: IncomingHttpHeaders; readonly head: Buffer } | undefined {
  // As every other request does not begin or go on like this, they are told at once.
  const end = chunk.subarray(0, MOST_HEAD_BYTES).indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const text = chunk.toString('latin1', 0, end + 2);
  REQUEST_LINE.lastIndex = 0;
  const url = REQUEST_LINE.exec(text)?.[1];
  if (url === undefined) return undefined;
  const headers: Record<string, string> = {};
  HEADER_LINE.lastIndex = REQUEST_LINE.lastIndex;
  while (HEADER_LINE.lastIndex < text.length) {
    const line = HEADER_LINE.exec(text);
    if (line === null) return undefined;
    const name = (line[1] as string).toLowerCase();
    if (headers[name] !== undefined) return undefined;
    headers[name] = line[2] as string;
  }
  if (headers.host === undefined || headers.upgrade?.toLowerCase() !== 'websocket') return undefined;
  if (!CONNECTION_UPGRADE.test(headers.connection ?? '')) return undefined;
  if (OF_A_BODY.some((name) => name in headers)) return undefined;
  return { url, headers, head: chunk.subarray(end + 4) };
}
