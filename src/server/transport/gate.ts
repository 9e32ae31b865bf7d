import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { Settings } from '../../spec/settings.ts';
import { originAllowed } from '../auth/origin.ts';
import type { TokenCheck } from '../auth/token.ts';
import type { Tally } from '../observability/tally.ts';
import { CLOSE, Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Params, RoutePattern } from './route-pattern.ts';
import { InvalidJson, type Socket, SocketClosed } from './socket.ts';
import type { Turn } from './turn.ts';

/** What a handler learns of the request. */
export interface Request {
  /** Parameters of the path. */
  readonly params: Params;
  readonly query: URLSearchParams;
  /** Subject of the token; undefined unless the endpoint asks for one. */
  readonly user: string | undefined;
}

/** Serves one client. When it returns the socket is closed with 1000, when it throws with 1011. */
export type Handler = (socket: Socket, request: Request) => Promise<void>;

export interface Endpoint {
  readonly pattern: RoutePattern;
  readonly token: boolean;
  readonly handler: Handler;
}

interface GateOptions {
  readonly settings: Settings;
  readonly endpoints: readonly Endpoint[];
  readonly connections: Connections;
  readonly tokens: TokenCheck;
  readonly turn: Turn;
  readonly tally: Tally;
  readonly log: Logger;
  readonly draining: () => boolean;
}

/** How long a client may take to answer a close before it is cut off. */
const CLOSE_TIMEOUT_MS = 5_000;

/** Decides on each handshake, then hands the client to the handler of its path. */
export class Gate {
  readonly #options: GateOptions;
  readonly #protocol: WebSocketServer;

  constructor(options: GateOptions) {
    this.#options = options;
    const protocol = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.settings.limits.messageBytes,
      closeTimeout: CLOSE_TIMEOUT_MS,
    };
    this.#protocol = new WebSocketServer(protocol);
  }

  /** Takes the server's upgrade event. */
  async upgrade(request: IncomingMessage, wire: Duplex, head: Buffer): Promise<void> {
    // A client that goes away in the middle is no error; its close is what counts.
    wire.on('error', () => {});
    const { settings, endpoints, connections, tokens, turn, tally, draining } = this.#options;
    const refuse = (status: number, why: string, text: string) => {
      tally.refused(why);
      answer(wire, status, text);
    };
    const [path = '', search] = (request.url ?? '').split('?', 2);
    const query = new URLSearchParams(search);
    const found = find(endpoints, path);
    if (found === undefined) return refuse(404, 'path', 'There is no WebSocket endpoint at this path');
    if (!originAllowed(request.headers.origin, settings.cors.origins)) {
      return refuse(403, 'origin', 'This origin may not connect');
    }
    let user: string | undefined;
    if (found.endpoint.token) {
      user = await tokens.user(query.get('token') ?? '');
      if (user === undefined) return refuse(401, 'token', 'The token is missing or not valid');
    }
    if (draining()) return refuse(503, 'draining', 'The server is draining; connect again');
    if (connections.size >= settings.limits.connections) return refuse(503, 'full', 'The server is full');
    const connection = new Connection(
      {
        wire,
        refuse: (status, text) => refuse(status, 'handler', text),
        complete: (opened) => this.#complete(request, wire, head, opened),
      },
      { turn, tally, queueBytes: settings.limits.queueBytes },
    );
    connections.add(connection);
    await this.#serve(connection, found.endpoint.handler, { params: found.params, query, user });
  }

  #complete(
    request: IncomingMessage,
    wire: Duplex,
    head: Buffer,
    opened: Parameters<WebSocketServer['handleUpgrade']>[3],
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const gone = () => reject(new SocketClosed());
      wire.once('close', gone);
      this.#protocol.handleUpgrade(request, wire, head, (ws) => {
        wire.off('close', gone);
        opened(ws, request);
        resolve();
      });
    });
  }

  async #serve(connection: Connection, handler: Handler, request: Request): Promise<void> {
    try {
      await handler(connection, request);
      if (connection.state === 'asked') connection.reject(403, 'The handshake was not accepted');
      else connection.close(CLOSE.normal);
    } catch (error) {
      if (error instanceof SocketClosed) return;
      if (error instanceof InvalidJson) {
        connection.close(CLOSE.invalidData, error.message);
        return;
      }
      this.#options.log.error({ err: error }, 'A handler failed');
      if (connection.state === 'asked') connection.reject(500, 'Internal error');
      else connection.close(CLOSE.internalError, 'Internal error');
    }
  }
}

function find(endpoints: readonly Endpoint[], path: string) {
  for (const endpoint of endpoints) {
    const params = endpoint.pattern.match(path);
    if (params !== undefined) return { endpoint, params };
  }
  return undefined;
}

/** Answers a handshake with a status, and ends the connection. */
function answer(wire: Duplex, status: number, text: string): void {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...(status === 503 ? ['Retry-After: 1'] : []),
  ];
  wire.once('finish', () => wire.destroy());
  wire.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
}
