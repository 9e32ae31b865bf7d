import type { IncomingMessage } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

/** A WebSocket server that keeps who came; tests say what it does with each client. */
export class TestServer implements AsyncDisposable {
  readonly #server: WebSocketServer;
  /** All clients so far, in the order they came. */
  readonly served: WebSocket[] = [];
  readonly requests: IncomingMessage[] = [];
  /** Messages of all clients in the order they came: texts as strings, binary ones as buffers. */
  readonly received: (string | Buffer)[] = [];
  /** What it does with each client; by default nothing. */
  serve: (socket: WebSocket, count: number) => void = () => {};

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket, request) => {
      this.served.push(socket);
      this.requests.push(request);
      socket.on('message', (data, isBinary) =>
        this.received.push(isBinary ? (data as Buffer) : String(data)),
      );
      this.serve(socket, this.served.length);
    });
  }

  static async start(options: ServerOptions = { port: 0, host: '127.0.0.1' }): Promise<TestServer> {
    const server = new WebSocketServer(options);
    if (options.server === undefined) await new Promise((resolve) => server.once('listening', resolve));
    return new TestServer(server);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Code and reason that the server sees when the client with this number (from 1) goes. */
  closeOf(count: number): Promise<{ code: number; reason: string }> {
    return new Promise((resolve) =>
      this.served[count - 1]?.on('close', (code, reason) => resolve({ code, reason: String(reason) })),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Takes connections and never answers, as a half-open path does; tells who came and who has given up. */
export async function startSilentServer() {
  let came = 0;
  let left = 0;
  const server = createServer((wire) => {
    came += 1;
    wire.on('error', () => {}).resume();
    wire.on('close', () => {
      left += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    came: () => came,
    left: () => left,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}
