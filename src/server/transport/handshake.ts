import type { Duplex } from 'node:stream';
import type { Settings } from '../../spec/settings.ts';
import type { Exchange } from '../app/exchange.ts';
import { HttpError } from '../app/http-error.ts';
import type { Middlewares } from '../app/middleware.ts';
import { subprotocolsOf } from '../auth/proof.ts';
import { isDenial } from '../auth/refusal.ts';
import { errorAnswer } from '../http/error-answer.ts';
import { answerRaw } from '../http/raw-answer.ts';
import type { Tally } from '../observability/tally.ts';
import { paceOf } from '../pace/pace.ts';
import { following } from '../settings/following.ts';
import { acceptance } from '../websocket/accept.ts';
import { CLOSE } from '../websocket/close.ts';
import type { UpgradeRequest } from '../websocket/upgrade-request.ts';
import { type ReadLimits, WebSocket, type WebSocketOwner } from '../websocket/web-socket.ts';
import { HeaderLines } from './header-lines.ts';
import { type AcceptOptions, Disconnect } from './socket.ts';

export const SWITCHING_PROTOCOLS = 101;
/** Who was quiet may be read as fast as it sends for so long. */
const READ_BURST_SECONDS = 0.1;

interface HandshakesOptions {
  readonly settings: Settings;
  /** The settings as they are now. */
  readonly current: () => Settings;
  readonly middlewares: Middlewares;
  readonly tally: Tally;
}

/** Answers handshakes: with 101, or with what refuses them. */
export class Handshakes {
  readonly #options: HandshakesOptions;
  readonly #reading: () => ReadLimits;

  constructor(options: HandshakesOptions) {
    this.#options = options;
    this.#reading = following(
      options.current,
      ({ limits }) => limits,
      ({ messageBytes, readMessagesPerSecond }) => ({
        mostBytes: messageBytes,
        pace: paceOf(readMessagesPerSecond, READ_BURST_SECONDS),
      }),
    );
  }

  /** @throws Disconnect when the client has gone, TypeError when a header cannot be sent */
  complete(handshake: Handshake, options: AcceptOptions, owner: WebSocketOwner): WebSocket {
    const { exchange, request, wire, head } = handshake;
    if (handshake.hasGone || request === undefined || head === undefined) {
      wire.destroy();
      throw new Disconnect(CLOSE.abnormal, '');
    }
    exchange.status = SWITCHING_PROTOCOLS;
    const subprotocol = options.subprotocol ?? subprotocolBesideToken(exchange) ?? '';
    const lines = this.#headers(exchange, options.headers);
    if (subprotocol !== '') lines.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
    wire.write(acceptance(request, lines), 'latin1');
    handshake.request = handshake.head = undefined;
    return new WebSocket(wire, head, subprotocol, this.#reading(), owner);
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
    const owner = { received() {}, heard() {}, ending() {}, closed: () => this.gone(exchange, CLOSE.policy) };
    try {
      const [subprotocol] = offered;
      this.complete(handshake, subprotocol === undefined ? {} : { subprotocol }, owner).close(
        CLOSE.policy,
        reason,
      );
    } catch {
      this.gone(exchange);
    }
  }

  /** Those of the answer: the id, what is given, and what middleware sets. */
  #headers(exchange: Exchange, given: Readonly<Record<string, string>> = {}): string[] {
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
  /** Both are let go once the client is in: they would be a kilobyte for each. */
  request: UpgradeRequest | undefined;
  head: Buffer | undefined;
  readonly wire: Duplex;
  readonly #handshakes: Handshakes;

  constructor(
    handshakes: Handshakes,
    exchange: Exchange,
    request: UpgradeRequest,
    wire: Duplex,
    head: Buffer,
  ) {
    this.#handshakes = handshakes;
    this.exchange = exchange;
    this.request = request;
    this.wire = wire;
    this.head = head;
  }

  /** Whether the client has ended the connection, or half of it: WebSockets have no use for the other half. */
  get hasGone(): boolean {
    return !this.wire.readable || !this.wire.writable;
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
  complete(options: AcceptOptions, owner: WebSocketOwner): WebSocket {
    return this.#handshakes.complete(this, options, owner);
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
