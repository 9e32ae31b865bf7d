import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Settings } from '../../spec/settings.ts';
import { ClientRequest } from '../app/client-request.ts';
import type { DependencyScope } from '../app/dependency.ts';
import type { EndpointOptions, Handler } from '../app/endpoint.ts';
import { type Exchange, requestId } from '../app/exchange.ts';
import { HttpError } from '../app/http-error.ts';
import type { Middlewares } from '../app/middleware.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Expiries } from '../auth/expiries.ts';
import { originAllowed } from '../auth/origin.ts';
import { subprotocolsOf } from '../auth/proof.ts';
import { isDenial, notAllowed, proofNeeded } from '../auth/refusal.ts';
import { UserSession } from '../auth/user-session.ts';
import { errorAnswer } from '../http/error-answer.ts';
import { answerRaw } from '../http/raw-answer.ts';
import type { Tally } from '../observability/tally.ts';
import { MessagePace } from '../pace/message-pace.ts';
import { paceOf } from '../pace/pace.ts';
import type { Background } from '../tasks/background.ts';
import { CLOSE, Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { RoutePattern } from './route-pattern.ts';
import { type AcceptOptions, Disconnect, InvalidMessage } from './socket.ts';
import type { Turn } from './turn.ts';

export interface Endpoint {
  readonly pattern: RoutePattern;
  readonly options: EndpointOptions;
  readonly handler: Handler;
}

interface GateOptions {
  readonly settings: Settings;
  readonly endpoints: readonly Endpoint[];
  readonly middlewares: Middlewares;
  readonly scope: DependencyScope;
  readonly background: Background;
  readonly connections: Connections;
  readonly authenticator: Authenticator;
  readonly expiries: Expiries;
  /** The client's address, which a trusted proxy may tell. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly turn: Turn;
  readonly tally: Tally;
  readonly log: Logger;
  readonly draining: () => boolean;
}

/** How long a client may take to answer a close before it is cut off. */
const CLOSE_TIMEOUT_MS = 5_000;
const SWITCHING_PROTOCOLS = 101;

/** Decides on each handshake, then hands the client to the handler of its path. */
export class Gate {
  readonly #options: GateOptions;
  readonly #protocol: WebSocketServer;
  /** Of the handshake that is completed right now: `ws` asks for them while it does. */
  #accepting: { readonly subprotocol: string | undefined; readonly headers: readonly string[] } | undefined;

  constructor(options: GateOptions) {
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

  /** Takes the server's upgrade event. */
  async upgrade(request: IncomingMessage, wire: Duplex, head: Buffer): Promise<void> {
    // A client that goes away in the middle is no error; its close is what counts.
    wire.on('error', () => {});
    const [path = '', search] = (request.url ?? '').split('?', 2);
    const exchange = this.#exchange(request, path);
    const upgrade = { request, wire, head };
    try {
      await this.#options.middlewares.request(exchange);
      await this.#admit(exchange, new URLSearchParams(search), upgrade);
    } catch (error) {
      if (error instanceof Disconnect) this.#gone(exchange);
      else this.#refuse(exchange, upgrade, error);
    }
  }

  #exchange(request: IncomingMessage, path: string): Exchange {
    const id = requestId(request.headers['x-request-id']);
    return {
      kind: 'websocket',
      id,
      method: request.method ?? 'GET',
      path,
      route: undefined,
      headers: request.headers,
      ip: this.#options.addressOf(request),
      user: undefined,
      status: undefined,
      closeCode: undefined,
      startedAt: performance.now(),
      log: this.#options.log.child({ requestId: id }),
    };
  }

  /** @throws HttpError when the client may not come in, Disconnect when it has gone meanwhile */
  async #admit(exchange: Exchange, query: URLSearchParams, upgrade: Upgrade): Promise<void> {
    const { settings, endpoints, connections, authenticator, turn, tally, draining } = this.#options;
    const found = find(endpoints, exchange.path);
    if (found === undefined) {
      throw new HttpError(404, 'There is no WebSocket endpoint at this path', { check: 'path' });
    }
    exchange.route = found.endpoint.pattern.text;
    if (!originAllowed(exchange.headers.origin, settings.cors.origins)) {
      throw new HttpError(403, 'This origin may not connect', { check: 'origin' });
    }
    exchange.user = await authenticator.user({ headers: exchange.headers, query });
    if (exchange.user === undefined && found.endpoint.options.auth === 'required') {
      throw proofNeeded();
    }
    await this.#options.middlewares.admit(exchange);
    // Its close was missed while middleware or authentication was waited for.
    if (upgrade.wire.destroyed) throw new Disconnect(CLOSE.abnormal, '');
    if (draining()) throw unavailable('The server is draining; connect again', 'draining');
    if (connections.size >= settings.limits.connections) throw unavailable('The server is full', 'full');
    const line = this.#options.background.line(exchange.log);
    const background = line.add;
    const scope = this.#options.scope.child('connection', { exchange, log: exchange.log, background });
    const { options, handler } = found.endpoint;
    const request = new ClientRequest({
      exchange,
      params: found.params,
      query,
      schemas: options,
      scope,
      background,
      refresh: (token) => session.refresh(token),
    });
    if (options.allow !== undefined && !(await options.allow(exchange.user, request))) throw notAllowed();
    const connection = new Connection(
      {
        wire: upgrade.wire,
        offered: subprotocolsOf(exchange.headers).offered,
        refuse: (status, text) => this.#refuse(exchange, upgrade, new HttpError(status, text)),
        complete: (options, opened) => this.#complete(exchange, upgrade, options, opened),
      },
      { turn, tally, ...this.#perConnection() },
    );
    const session = new UserSession({
      exchange,
      authenticator,
      expiries: this.#options.expiries,
      leewaySeconds: settings.auth.leewaySeconds,
      expired: () => connection.expire(),
    });
    connections.add(connection);
    connection.onClose(() => {
      session.close();
      // Who was refused has come to its end with the answer.
      if (exchange.status === undefined || exchange.status === SWITCHING_PROTOCOLS) {
        this.#gone(exchange, connection.closeCode);
      }
    });
    try {
      await this.#serve(exchange, connection, () => handler(connection, request));
    } finally {
      void line.release().then(() => scope.close());
    }
  }

  #perConnection() {
    const { queueBytes, slowClients, messagesPerSecond, burstSeconds } = this.#options.settings.limits;
    const pace = paceOf(messagesPerSecond, burstSeconds);
    return { queueBytes, slowClients, ...(pace && { pace: new MessagePace(pace) }) };
  }

  #gone(exchange: Exchange, closeCode: number = CLOSE.abnormal): void {
    exchange.closeCode = closeCode;
    this.#options.middlewares.end(exchange);
  }

  #complete(
    exchange: Exchange,
    { request, wire, head }: Upgrade,
    options: AcceptOptions,
    opened: (ws: WebSocket) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      if (wire.destroyed) throw new Disconnect(CLOSE.abnormal, '');
      const gone = () => reject(new Disconnect(CLOSE.abnormal, ''));
      wire.once('close', gone);
      exchange.status = SWITCHING_PROTOCOLS;
      this.#accepting = {
        subprotocol: subprotocolFor(exchange, options),
        headers: linesOf(this.#headers(exchange, options.headers)),
      };
      this.#protocol.handleUpgrade(request, wire, head, (ws) => {
        wire.off('close', gone);
        opened(ws);
        resolve();
      });
      this.#accepting = undefined;
    });
  }

  async #serve(exchange: Exchange, connection: Connection, handle: () => Promise<void>): Promise<void> {
    try {
      await handle();
      if (connection.state === 'asked') connection.reject(403, 'The handshake was not accepted');
      else connection.close(CLOSE.normal);
    } catch (error) {
      if (error instanceof Disconnect) return;
      if (error instanceof InvalidMessage) {
        connection.close(error.closeCode, error.message);
        return;
      }
      if (error instanceof HttpError && connection.state === 'asked') throw error;
      exchange.log.error({ err: error }, 'A handler failed');
      if (connection.state === 'asked') connection.reject(500, 'Internal error');
      else connection.close(CLOSE.internalError, 'Internal error');
    }
  }

  /** Those of the answer: what is given, the id, and what middleware sets. */
  #headers(exchange: Exchange, given: Readonly<Record<string, string>> = {}): Headers {
    const headers = new Headers({ 'X-Request-Id': exchange.id, ...given });
    this.#options.middlewares.headers(exchange, headers);
    return headers;
  }

  #refuse(exchange: Exchange, upgrade: Upgrade, error: unknown): void {
    const { tally, middlewares, settings } = this.#options;
    if (!(error instanceof HttpError)) exchange.log.error({ err: error }, 'A handshake failed');
    const refusal =
      error instanceof HttpError ? error : new HttpError(500, 'Internal error', { check: 'error' });
    tally.refused(refusal.check);
    if (settings.auth.refusals === 'close' && isDenial(refusal)) {
      this.#deny(exchange, upgrade, refusal.message);
      return;
    }
    exchange.status = refusal.status;
    const { type, body } = errorAnswer(refusal, exchange.id, exchange.headers.accept);
    const headers = { 'Content-Type': type, ...refusal.headers };
    try {
      answerRaw(upgrade.wire, refusal.status, linesOf(this.#headers(exchange, headers)), body);
    } catch (cause) {
      exchange.log.error({ err: cause }, 'The headers of a refusal cannot be sent');
      upgrade.wire.destroy();
    }
    middlewares.end(exchange);
  }

  /** Refuses so that a page can see it: browsers tell pages neither the status of a handshake nor its body. */
  #deny(exchange: Exchange, upgrade: Upgrade, reason: string): void {
    const [subprotocol] = subprotocolsOf(exchange.headers).offered;
    const closing = (ws: WebSocket) => {
      ws.on('error', () => {});
      ws.on('close', () => this.#gone(exchange, CLOSE.policy));
      ws.close(CLOSE.policy, reason);
    };
    this.#complete(exchange, upgrade, subprotocol === undefined ? {} : { subprotocol }, closing).catch(() =>
      this.#gone(exchange),
    );
  }
}

/** Without a word of the handler none is chosen, unless a token came as one: clients fail if none is chosen then. */
function subprotocolFor({ headers }: Exchange, options: AcceptOptions): string | undefined {
  if (options.subprotocol !== undefined) return options.subprotocol;
  const { offered, withToken } = subprotocolsOf(headers);
  return withToken ? offered[0] : undefined;
}

interface Upgrade {
  readonly request: IncomingMessage;
  readonly wire: Duplex;
  readonly head: Buffer;
}

function linesOf(headers: Headers): readonly string[] {
  return Array.from(headers, ([name, value]) => `${name}: ${value}`);
}

function find(endpoints: readonly Endpoint[], path: string) {
  for (const endpoint of endpoints) {
    const params = endpoint.pattern.match(path);
    if (params !== undefined) return { endpoint, params };
  }
  return undefined;
}

function unavailable(message: string, check: string): HttpError {
  return new HttpError(503, message, { headers: { 'Retry-After': '1' }, check });
}
