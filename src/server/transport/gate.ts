import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Settings } from '../../spec/settings.ts';
import { ClientRequest } from '../app/client-request.ts';
import type { DependencyScope } from '../app/dependency.ts';
import type { EndpointOptions, Handler } from '../app/endpoint.ts';
import { type Exchange, requestId } from '../app/exchange.ts';
import { errorBody, HttpError } from '../app/http-error.ts';
import type { Middlewares } from '../app/middleware.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { originAllowed } from '../auth/origin.ts';
import type { Tally } from '../observability/tally.ts';
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
  #accepting: { readonly options: AcceptOptions; readonly headers: readonly string[] } | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
    const protocol = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.settings.limits.messageBytes,
      closeTimeout: CLOSE_TIMEOUT_MS,
      handleProtocols: () => this.#accepting?.options.subprotocol ?? (false as const),
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
    try {
      await this.#options.middlewares.request(exchange);
      await this.#admit(exchange, new URLSearchParams(search), { request, wire, head });
    } catch (error) {
      this.#refuse(exchange, wire, error);
    }
  }

  #exchange(request: IncomingMessage, path: string): Exchange {
    const id = requestId(request.headers['x-request-id']);
    return {
      kind: 'websocket',
      id,
      method: request.method ?? 'GET',
      path,
      headers: request.headers,
      ip: this.#options.addressOf(request),
      user: undefined,
      status: undefined,
      closeCode: undefined,
      startedAt: performance.now(),
      log: this.#options.log.child({ requestId: id }),
    };
  }

  /** @throws HttpError when the client may not come in */
  async #admit(exchange: Exchange, query: URLSearchParams, upgrade: Upgrade): Promise<void> {
    const { settings, endpoints, connections, authenticator, turn, tally, draining } = this.#options;
    const found = find(endpoints, exchange.path);
    if (found === undefined) {
      throw new HttpError(404, 'There is no WebSocket endpoint at this path', { check: 'path' });
    }
    if (!originAllowed(exchange.headers.origin, settings.cors.origins)) {
      throw new HttpError(403, 'This origin may not connect', { check: 'origin' });
    }
    exchange.user = await authenticator.user({ headers: exchange.headers, query });
    if (exchange.user === undefined && found.endpoint.options.auth === 'required') {
      throw new HttpError(401, 'A token is needed', { check: 'auth' });
    }
    if (draining()) throw unavailable('The server is draining; connect again', 'draining');
    if (connections.size >= settings.limits.connections) throw unavailable('The server is full', 'full');
    const line = this.#options.background.line(exchange.log);
    const background = line.add;
    const scope = this.#options.scope.child('connection', { exchange, log: exchange.log, background });
    const { options: schemas, handler } = found.endpoint;
    const request = new ClientRequest({ exchange, params: found.params, query, schemas, scope, background });
    const connection = new Connection(
      {
        wire: upgrade.wire,
        offered: subprotocolsOf(exchange),
        refuse: (status, text) => this.#refuse(exchange, upgrade.wire, new HttpError(status, text)),
        complete: (options, opened) => this.#complete(exchange, upgrade, options, opened),
      },
      { turn, tally, queueBytes: settings.limits.queueBytes, slowClients: settings.limits.slowClients },
    );
    connections.add(connection);
    connection.onClose(() => {
      if (exchange.status !== SWITCHING_PROTOCOLS) return;
      exchange.closeCode = connection.closeCode;
      this.#options.middlewares.end(exchange);
    });
    try {
      await this.#serve(exchange, connection, () => handler(connection, request));
    } finally {
      void line.release().then(() => scope.close());
    }
  }

  #complete(
    exchange: Exchange,
    { request, wire, head }: Upgrade,
    options: AcceptOptions,
    opened: (ws: WebSocket) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const gone = () => reject(new Disconnect(CLOSE.abnormal, ''));
      wire.once('close', gone);
      exchange.status = SWITCHING_PROTOCOLS;
      const headers: string[] = [];
      const set = (name: string, value: string) => headers.push(`${name}: ${value}`);
      for (const [name, value] of Object.entries(options.headers ?? {})) set(name, value);
      this.#options.middlewares.headers(exchange, { set });
      this.#accepting = { options, headers };
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

  #refuse(exchange: Exchange, wire: Duplex, error: unknown): void {
    const { tally, middlewares } = this.#options;
    if (!(error instanceof HttpError)) exchange.log.error({ err: error }, 'A handshake failed');
    const refusal =
      error instanceof HttpError ? error : new HttpError(500, 'Internal error', { check: 'error' });
    tally.refused(refusal.check);
    exchange.status = refusal.status;
    const headers: Record<string, string> = { ...refusal.headers };
    middlewares.headers(exchange, {
      set: (name, value) => {
        headers[name] = value;
      },
    });
    answer(wire, refusal.status, headers, JSON.stringify(errorBody(refusal, exchange.id)));
    middlewares.end(exchange);
  }
}

interface Upgrade {
  readonly request: IncomingMessage;
  readonly wire: Duplex;
  readonly head: Buffer;
}

function subprotocolsOf({ headers }: Exchange): readonly string[] {
  return headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
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

/** Answers a handshake with a status, and ends the connection. */
function answer(wire: Duplex, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  wire.once('finish', () => wire.destroy());
  wire.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
