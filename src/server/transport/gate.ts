import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { Settings } from '../../spec/settings.ts';
import { ClientRequest } from '../app/client-request.ts';
import type { DependencyScope } from '../app/dependency.ts';
import type { EndpointOptions, Handler } from '../app/endpoint.ts';
import { ClientExchange, type Exchange, requestId } from '../app/exchange.ts';
import { HttpError } from '../app/http-error.ts';
import type { Middlewares } from '../app/middleware.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Expiries } from '../auth/expiries.ts';
import { originAllowed } from '../auth/origin.ts';
import { notAllowed, proofNeeded } from '../auth/refusal.ts';
import { UserSession } from '../auth/user-session.ts';
import type { Tally } from '../observability/tally.ts';
import { MessagePace } from '../pace/message-pace.ts';
import { type Pace, paceOf } from '../pace/pace.ts';
import { following } from '../settings/following.ts';
import type { Background } from '../tasks/background.ts';
import { checkHandshake } from '../websocket/accept.ts';
import { CLOSE } from '../websocket/close.ts';
import type { UpgradeRequest } from '../websocket/upgrade-request.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import type { Connections } from './connections.ts';
import { Handshake, Handshakes, SWITCHING_PROTOCOLS } from './handshake.ts';
import type { Params, RoutePattern } from './route-pattern.ts';
import { Disconnect, InvalidMessage } from './socket.ts';
import type { Turn } from './turn.ts';

export interface Endpoint {
  readonly pattern: RoutePattern;
  readonly options: EndpointOptions;
  readonly handler: Handler;
}

interface GateOptions {
  readonly settings: Settings;
  /** The settings as they are now. */
  readonly current: () => Settings;
  readonly endpoints: readonly Endpoint[];
  readonly middlewares: Middlewares;
  readonly scope: DependencyScope;
  readonly background: Background;
  readonly connections: Connections;
  readonly authenticator: Authenticator;
  readonly expiries: Expiries;
  /** The client's address, which a trusted proxy may tell. */
  readonly addressOf: (request: UpgradeRequest) => string;
  readonly turn: Turn;
  readonly tally: Tally;
  readonly log: Logger;
  readonly draining: () => boolean;
}

const NO_QUERY = new URLSearchParams();

/** Decides on each handshake, then hands the client to the handler of its path. */
export class Gate {
  readonly #options: GateOptions;
  readonly #handshakes: Handshakes;
  readonly #perConnection: () => ConnectionOptions;
  readonly #pace: () => Pace | undefined;

  constructor(options: GateOptions) {
    const { turn, tally, current } = options;
    this.#options = options;
    this.#handshakes = new Handshakes(options);
    const limits = (settings: Settings) => settings.limits;
    this.#perConnection = following(current, limits, ({ queueBytes, slowClients }) => ({
      turn,
      tally,
      queueBytes,
      slowClients,
    }));
    this.#pace = following(current, limits, ({ messagesPerSecond, burstSeconds }) =>
      paceOf(messagesPerSecond, burstSeconds),
    );
  }

  /** Takes a handshake, and what its client has sent after it. */
  upgrade(request: UpgradeRequest, wire: Duplex, head: Buffer): void {
    // A client that goes away in the middle is no error; its close is what counts.
    wire.on('error', ignored);
    const { method = 'GET', url = '', headers } = request;
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const id = requestId(headers['x-request-id']);
    const exchange = new ClientExchange('websocket', id, method, path, request, this.#options);
    const handshake = new Handshake(this.#handshakes, exchange, request, wire, head);
    void this.#take(handshake, request, mark < 0 ? '' : url.slice(mark + 1));
  }

  async #take(handshake: Handshake, request: UpgradeRequest, search: string): Promise<void> {
    try {
      await this.#options.middlewares.request(handshake.exchange);
      checkHandshake(request);
      await this.#admit(handshake, search);
    } catch (error) {
      this.#turnAway(handshake, error);
    }
  }

  #turnAway(handshake: Handshake, error: unknown): void {
    if (error instanceof Disconnect) {
      handshake.wire.destroy();
      this.#handshakes.gone(handshake.exchange);
    } else {
      this.#handshakes.refuse(handshake, error);
    }
  }

  /** @throws HttpError when the client may not come in, Disconnect when it has gone meanwhile */
  async #admit(handshake: Handshake, search: string): Promise<void> {
    const { exchange } = handshake;
    const { settings, current, connections, authenticator, middlewares, draining } = this.#options;
    const { endpoint, params } = this.#endpointOf(exchange);
    const { options, handler } = endpoint;
    exchange.route = endpoint.pattern.text;
    if (!originAllowed(exchange.headers.origin, settings.cors.origins)) {
      throw new HttpError(403, 'This origin may not connect', { check: 'origin' });
    }
    const query = search === '' ? NO_QUERY : new URLSearchParams(search);
    exchange.user = await authenticator.user({ headers: exchange.headers, query });
    if (exchange.user === undefined && options.auth === 'required') throw proofNeeded();
    await middlewares.admit(exchange);
    if (connections.size >= current().limits.connections) throw unavailable('The server is full', 'full');
    const session = new UserSession(exchange, this.#options);
    const request = new ClientRequest({
      exchange,
      params,
      search,
      schemas: options,
      session,
      shared: this.#options,
    });
    if (options.allow !== undefined && !(await options.allow(exchange.user, request))) throw notAllowed();
    if (draining()) throw unavailable('The server is draining; connect again', 'draining');
    // Its end was missed while something was waited for.
    if (handshake.hasGone) throw new Disconnect(CLOSE.abnormal, '');
    const pace = this.#pace();
    const connection = new Connection(handshake, this.#perConnection(), pace && new MessagePace(pace));
    connections.add(connection);
    session.begin(connection);
    connection.onClose(() => {
      session.close();
      // Who was refused has come to its end with the answer.
      if (exchange.status === undefined || exchange.status === SWITCHING_PROTOCOLS) {
        this.#handshakes.gone(exchange, connection.closeCode);
      }
    });
    // Not waited for: what stands above would be held as long as the connection lives.
    void this.#serve(handshake, connection, handler, request);
  }

  #endpointOf({ path }: Exchange): { readonly endpoint: Endpoint; readonly params: Params } {
    for (const endpoint of this.#options.endpoints) {
      const params = endpoint.pattern.match(path);
      if (params !== undefined) return { endpoint, params };
    }
    throw new HttpError(404, 'There is no WebSocket endpoint at this path', { check: 'path' });
  }

  async #serve(
    handshake: Handshake,
    connection: Connection,
    handler: Handler,
    request: ClientRequest,
  ): Promise<void> {
    try {
      await handler(connection, request);
      if (connection.state === 'asked') connection.reject(403, 'The handshake was not accepted');
      else connection.close(CLOSE.normal);
    } catch (error) {
      if (error instanceof HttpError && connection.state === 'asked') this.#turnAway(handshake, error);
      else endAfter(error, connection, request);
    } finally {
      connection.release();
      request.end();
    }
  }
}

/** Ends a connection whose handler has thrown. */
function endAfter(error: unknown, connection: Connection, request: ClientRequest): void {
  if (error instanceof Disconnect) return;
  if (error instanceof InvalidMessage) {
    connection.close(error.closeCode, error.message);
    return;
  }
  request.log.error({ err: error }, 'A handler failed');
  if (connection.state === 'asked') connection.reject(500, 'Internal error');
  else connection.close(CLOSE.internalError, 'Internal error');
}

function unavailable(message: string, check: string): HttpError {
  return new HttpError(503, message, { headers: { 'Retry-After': '1' }, check });
}

function ignored(): void {}
