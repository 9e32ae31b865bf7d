import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from 'pino';
import type { User } from '../auth/user.ts';
import { type Trace, traceFields, traceOf } from '../observability/trace-context.ts';
import { randomId } from './random-id.ts';

/** One HTTP request with its response, or one WebSocket from the handshake to the close, as middleware sees it. */
export interface Exchange {
  readonly kind: 'http' | 'websocket';
  /** From a well-formed `X-Request-Id`, or new. It is in every log line and every error. */
  readonly id: string;
  readonly method: string;
  /** Without the query and what else may hold a token. */
  readonly path: string;
  /** Pattern of the route or endpoint that takes it, for example `/chat/:room`; undefined until it is found, or if none is. */
  route: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Address of the client; behind `trustedProxies` the one they tell. */
  readonly ip: string;
  /** Set once it has proved who it is. */
  user: User | undefined;
  /** Status of the response; 101 for a WebSocket that was accepted; undefined until it is known, or if the client went first. */
  status: number | undefined;
  /** How a WebSocket ended; undefined until then. */
  closeCode: number | undefined;
  /** Monotonic, in milliseconds. */
  readonly startedAt: number;
  /** Of the caller, from `traceparent`, or new. */
  readonly trace: Trace;
  /** Writes the id and the trace along. */
  readonly log: Logger;
}

/** What all exchanges of a server share. */
interface Shared<Request> {
  /** Address of the client, which a trusted proxy may tell. */
  readonly addressOf: (request: Request) => string;
  readonly log: Logger;
}

/** An exchange that has just begun. What for most is never asked for, as a logger, is made when it is. */
export class ClientExchange<Request extends { readonly headers: IncomingHttpHeaders }> implements Exchange {
  readonly kind: Exchange['kind'];
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly startedAt = performance.now();
  route: string | undefined;
  user: User | undefined;
  status: number | undefined;
  closeCode: number | undefined;
  readonly #request: Request;
  readonly #shared: Shared<Request>;
  #ip: string | undefined;
  #trace: Trace | undefined;
  #log: Logger | undefined;

  constructor(
    kind: Exchange['kind'],
    id: string,
    method: string,
    path: string,
    request: Request,
    shared: Shared<Request>,
  ) {
    this.kind = kind;
    this.id = id;
    this.method = method;
    this.path = withoutFragment(path);
    this.#request = request;
    this.#shared = shared;
  }

  get headers(): IncomingHttpHeaders {
    return this.#request.headers;
  }

  /** To be asked for once while the client is there; it is known from then on. */
  get ip(): string {
    this.#ip ??= this.#shared.addressOf(this.#request);
    return this.#ip;
  }

  get trace(): Trace {
    this.#trace ??= traceOf(this.headers);
    return this.#trace;
  }

  get log(): Logger {
    this.#log ??= this.#shared.log.child({ requestId: this.id, ...traceFields(this.trace) });
    return this.#log;
  }
}

/** No client sends a fragment, but one that does may have a token in it. */
function withoutFragment(path: string): string {
  const mark = path.indexOf('#');
  return mark < 0 ? path : path.slice(0, mark);
}

const REQUEST_ID = /^[\w.-]{8,128}$/;

/** The id a proxy gave the request, when it is one that is safe to log, or a new one. */
export function requestId(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : randomId();
}
