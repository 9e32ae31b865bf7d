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
const REQUEST_LINE = /^GET (\/[\w.~!$&'()*+,;=:@/?%-]*) HTTP\/1\.1\r\n/;
/** No name has an underscore, which proxies take for a dash. */
const NAME_CHARACTERS = setOf("!#$%&'*+.^`|~-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
const SPACE = 0x20;
const COLON = 0x3a;
/** Printable ASCII without space around it. */
const VALUE = /^[!-~](?:[ -~]*[!-~])?$/;
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
  const line = REQUEST_LINE.exec(text);
  if (line === null) return undefined;
  const headers = readHeaders(text, line[0].length);
  if (headers === undefined) return undefined;
  if (headers.host === undefined || headers.upgrade?.toLowerCase() !== 'websocket') return undefined;
  if (!CONNECTION_UPGRADE.test(headers.connection ?? '')) return undefined;
  if (OF_A_BODY.some((name) => name in headers)) return undefined;
  return { url: line[1] as string, headers, head: chunk.subarray(end + 4) };
}

/** Lines of a name, a colon, a space if there is one, and a value of printable ASCII without space around it. */
function readHeaders(text: string, start: number): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  let at = start;
  while (at < text.length) {
    const nameAt = at;
    while (NAME_CHARACTERS[text.charCodeAt(at)] === 1) at += 1;
    if (at === nameAt || text.charCodeAt(at) !== COLON) return undefined;
    const name = text.slice(nameAt, at).toLowerCase();
    at += text.charCodeAt(at + 1) === SPACE ? 2 : 1;
    const end = text.indexOf('\r\n', at);
    const value = text.slice(at, end);
    if (!VALUE.test(value) || headers[name] !== undefined) return undefined;
    headers[name] = value;
    at = end + 2;
  }
  return headers;
}

/** A table of the characters of a text, by their codes. */
function setOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
