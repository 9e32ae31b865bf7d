import { parseCookie } from 'cookie';
import { originAllowed } from './origin.ts';
import { proofRefused, proofUnclear } from './refusal.ts';

/** The parts of a request that may carry a proof of who sends it. */
export interface ProofSource {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly query: URLSearchParams;
}

export interface Proof {
  readonly kind: 'token' | 'API key';
  readonly value: string;
}

export interface ProofRules {
  /** Cookie a token may come in; none when undefined. */
  readonly cookie?: string | undefined;
  /** Origins whose pages may use the cookie. */
  readonly origins: readonly string[];
}

/** What a subprotocol that carries a token begins with: a page can set no header, but it can offer subprotocols. */
const TOKEN_PROTOCOL = 'bearer.';
const BEARER = /^Bearer(?: (.*))?$/i;
const PROOF_HEADERS = ['authorization', 'sec-websocket-protocol', 'cookie', 'x-api-key'];
const NONE: readonly Proof[] = [];
const API_KEY = /^ApiKey (.*)$/i;

/**
 * Every proof that a request carries, each once, in the order query, header, subprotocol, cookie, API key.
 *
 * @throws HttpError 400 when one place holds several, or a token is the only subprotocol on offer; 401 when a header is
 * malformed
 */
export function proofsOf(source: ProofSource, rules: ProofRules): readonly Proof[] {
  if (!mayCarryProof(source)) return NONE;
  const tokens = new Set<string>();
  for (const token of [
    fromQuery(source),
    fromHeader(source),
    fromSubprotocol(source),
    fromCookie(source, rules),
  ]) {
    if (token !== undefined) tokens.add(token);
  }
  const proofs: Proof[] = [...tokens].map((value) => ({ kind: 'token', value }));
  const key = apiKeyOf(source.headers);
  if (key !== undefined) proofs.push({ kind: 'API key', value: key });
  return proofs;
}

/** Most handshakes of channels carry none: their clients bring a token with the connect command. */
function mayCarryProof({ headers, query }: ProofSource): boolean {
  return query.size > 0 || PROOF_HEADERS.some((name) => headers[name] !== undefined);
}

/** The API key of a request: in `X-API-Key`, or in `Authorization: ApiKey …`. @throws HttpError 400 when they differ */
export function apiKeyOf(headers: ProofSource['headers']): string | undefined {
  const given = [
    textOf(headers['x-api-key']),
    API_KEY.exec(textOf(headers.authorization) ?? '')?.[1]?.trim(),
  ];
  const keys = new Set(given.filter((key) => key !== undefined));
  return single([...keys], 'The headers hold more than one API key');
}

/** What a client offers beside tokens, and whether a token is among it. */
export function subprotocolsOf(headers: ProofSource['headers']): {
  readonly offered: readonly string[];
  readonly withToken: boolean;
} {
  const all = protocolsOf(headers);
  const offered = all.filter((name) => !name.startsWith(TOKEN_PROTOCOL));
  return { offered, withToken: offered.length < all.length };
}

function fromQuery({ query }: ProofSource): string | undefined {
  return single(query.getAll('token'), 'The query holds more than one token');
}

function fromHeader({ headers }: ProofSource): string | undefined {
  const bearer = BEARER.exec(textOf(headers.authorization) ?? '');
  // Another scheme may be meant for a proxy on the way.
  if (bearer === null) return undefined;
  const token = bearer[1]?.trim() ?? '';
  if (token === '' || token.includes(' ')) throw proofRefused('The Authorization header holds no token');
  return token;
}

function fromSubprotocol({ headers }: ProofSource): string | undefined {
  const all = protocolsOf(headers);
  const tokens = all.filter((name) => name.startsWith(TOKEN_PROTOCOL));
  if (tokens.length > 0 && tokens.length === all.length) {
    // Clients fail a connection whose server chooses none of what they offer, and the token must not be sent back.
    throw proofUnclear('Offer a subprotocol beside the token');
  }
  return single(tokens, 'More than one token is offered as a subprotocol')?.slice(TOKEN_PROTOCOL.length);
}

function fromCookie({ headers }: ProofSource, { cookie, origins }: ProofRules): string | undefined {
  if (cookie === undefined || headers.cookie === undefined) return undefined;
  // A page of another origin must not act as the user whose cookie the browser sends along.
  if (!originAllowed(textOf(headers.origin), origins)) return undefined;
  return parseCookie(textOf(headers.cookie) ?? '')[cookie] || undefined;
}

function protocolsOf(headers: ProofSource['headers']): readonly string[] {
  const text = textOf(headers['sec-websocket-protocol']);
  return text === undefined ? [] : text.split(',').map((name) => name.trim());
}

function single(values: readonly string[], otherwise: string): string | undefined {
  if (values.length > 1) throw proofUnclear(otherwise);
  return values[0];
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}
