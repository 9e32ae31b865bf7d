import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Settings } from '../../spec/settings.ts';
import type { Exchange } from '../app/exchange.ts';
import { HttpError } from '../app/http-error.ts';
import type { Middlewares } from '../app/middleware.ts';
import { subprotocolsOf } from '../auth/proof.ts';
import { isDenial } from '../auth/refusal.ts';
import { errorAnswer } from '../http/error-answer.ts';
import { answerRaw } from '../http/raw-answer.ts';
import type { Tally } from '../observability/tally.ts';
import { CLOSE } from './close.ts';
import { HeaderLines } from './header-lines.ts';
import { type AcceptOptions, Disconnect } from './socket.ts';

export const SWITCHING_PROTOCOLS = 101;

/** How long a client may take to answer a close before it is cut off. */
const CLOSE_TIMEOUT_MS = 5_000;

interface HandshakesOptions {
  readonly settings: Settings;
  readonly middlewares: Middlewares;
  readonly tally: Tally;
}

/** Answers handshakes: with 101, or with what refuses them. */
export class Handshakes {
  readonly #options: HandshakesOptions;
  readonly #protocol: WebSocketServer;
  /** Of the handshake that is completed right now: `ws` asks for them while it does. */
  #accepting: { readonly subprotocol: string | undefined; readonly headers: readonly string[] } | undefined;

  constructor(options: HandshakesOptions) {
    this.#options = options;
    const protocol = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.settings.limits.messageBytes,
      closeTimeout: CLOSE_TIMEOUT_MS,
      handleProtocols: () => this.#accepting?.subprotocol ?? (false as const),
    };
    this.#protocol = new WebSocketServer(protocol);
    this.#protocol.on('headers', (lines: string[]) => lines.push(...(this.#accepting?.headers ?? [])));
  }

  /** @throws Disconnect when the client has gone, or its handshake was none */
  complete({ exchange, request, wire, head }: Handshake, options: AcceptOptions): WebSocket {
    if (wire.destroyed) throw new Disconnect(CLOSE.abnormal, '');
    exchange.status = SWITCHING_PROTOCOLS;
    const subprotocol = options.subprotocol ?? subprotocolBesideToken(exchange);
    this.#accepting = { subprotocol, headers: this.#headers(exchange, options.headers) };
    let opened: WebSocket | undefined;
    // Without a check of its own, `ws` answers and calls back before it returns.
    this.#protocol.handleUpgrade(request, wire, head, (ws) => {
      opened = ws;
    });
    this.#accepting = undefined;
    if (opened === undefined) throw new Disconnect(CLOSE.abnormal, '');
    return opened;
  }

  refuse(handshake: Handshake, error: unknown): void {
    const { exchange, wire } = handshake;
    const { tally, middlewares, settings } = this.#options;
    if (!(error instanceof HttpError)) exchange.log.error({ err: error }, 'A handshake failed');
    const refusal =
      error instanceof HttpError ? error : new HttpError(500, 'Internal error', { check: 'error' });
    tally.refused(refusal.check);
    if (settings.auth.refusals === 'close' && isDenial(refusal)) {
      this.#deny(handshake, refusal.message);
      return;
    }
    exchange.status = refusal.status;
    const { type, body } = errorAnswer(refusal, exchange.id, exchange.headers.accept);
    const headers = { 'Content-Type': type, ...refusal.headers };
    try {
      answerRaw(wire, refusal.status, this.#headers(exchange, headers), body);
    } catch (cause) {
      exchange.log.error({ err: cause }, 'The headers of a refusal cannot be sent');
      wire.destroy();
    }
    middlewares.end(exchange);
  }

  /** The client of an exchange has gone, with 1006 when it did so without a word. */
  gone(exchange: Exchange, closeCode: number = CLOSE.abnormal): void {
    exchange.closeCode = closeCode;
    this.#options.middlewares.end(exchange);
  }

  /** Refuses so that a page can see it: browsers tell pages neither the status of a handshake nor its body. */
  #deny(handshake: Handshake, reason: string): void {
    const { exchange, offered } = handshake;
    try {
      const [subprotocol] = offered;
      const ws = this.complete(handshake, subprotocol === undefined ? {} : { subprotocol });
      ws.on('error', () => {});
      ws.on('close', () => this.gone(exchange, CLOSE.policy));
      ws.close(CLOSE.policy, reason);
    } catch {
      this.gone(exchange);
    }
  }

  /** Those of the answer: the id, what is given, and what middleware sets. */
  #headers(exchange: Exchange, given: Readonly<Record<string, string>> = {}): readonly string[] {
    const headers = new HeaderLines();
    headers.set('X-Request-Id', exchange.id);
    for (const name of Object.keys(given)) headers.set(name, given[name] ?? '');
    this.#options.middlewares.headers(exchange, headers);
    return headers.lines;
  }
}

/** A handshake that waits for its answer. */
export class Handshake {
  readonly exchange: Exchange;
  readonly request: IncomingMessage;
  readonly wire: Duplex;
  readonly head: Buffer;
  readonly #handshakes: Handshakes;

  constructor(
    handshakes: Handshakes,
    { exchange, request, wire, head }: Pick<Handshake, 'exchange' | 'request' | 'wire' | 'head'>,
  ) {
    this.#handshakes = handshakes;
    this.exchange = exchange;
    this.request = request;
    this.wire = wire;
    this.head = head;
  }

  /** Subprotocols that the client offers, without those that carry a token. */
  get offered(): readonly string[] {
    return subprotocolsOf(this.exchange.headers).offered;
  }

  /**
   * Answers 101. Nothing is read from the socket before the end of the turn.
   *
   * @throws Disconnect when the client has gone
   */
  complete(options: AcceptOptions): WebSocket {
    return this.#handshakes.complete(this, options);
  }

  refuse(status: number, reason: string): void {
    this.#handshakes.refuse(this, new HttpError(status, reason));
  }
}

/** Without a word of the handler none is chosen, unless a token came as one: clients fail if none is chosen then. */
function subprotocolBesideToken({ headers }: Exchange): string | undefined {
  if (headers['sec-websocket-protocol'] === undefined) return undefined;
  const { offered, withToken } = subprotocolsOf(headers);
  return withToken ? offered[0] : undefined;
}
