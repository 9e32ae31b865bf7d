import { decodeProtectedHeader } from 'jose';

/** What of a token's header is looked at. */
export type TokenHeader = { readonly alg: string; readonly kid?: string };

/** Longer tokens are refused before anything of them is decoded. */
export const MOST_TOKEN_BYTES = 8_192;

/** Three parts in base64url. Anything else would be one more way to write a token down. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** Issuers write the same header over and over; so many of them are remembered. */
const MOST_KNOWN = 64;
const known = new Map<string, TokenHeader>();

/** Undefined when the text is no token, is too long, or has an extension that must be understood, as none is. */
export function headerOf(token: string): TokenHeader | undefined {
  if (token.length > MOST_TOKEN_BYTES || !TOKEN.test(token)) return undefined;
  const text = token.slice(0, token.indexOf('.'));
  const header = known.get(text);
  if (header !== undefined) return header;
  const read = decoded(token);
  if (read === undefined) return undefined;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, read);
  return read;
}

function decoded(token: string): TokenHeader | undefined {
  try {
    const { alg, kid, crit } = decodeProtectedHeader(token);
    if (typeof alg !== 'string' || crit !== undefined) return undefined;
    return kid === undefined ? { alg } : { alg, kid };
  } catch {
    return undefined;
  }
}
