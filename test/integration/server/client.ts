import { request as httpRequest } from 'node:http';
import { WebSocket } from 'ws';
import { waitFor } from '../../cluster/wait-for.ts';

/** What a client of the chat has received. */
export interface Received {
  readonly type: string;
  readonly user?: string;
  readonly text?: string;
  readonly at?: string;
  readonly replay?: true;
  readonly users?: readonly string[];
  readonly count?: number;
}

/** A plain WebSocket client that keeps what it receives. */
export class TestClient {
  readonly texts: string[] = [];
  readonly #socket: WebSocket;
  /** Code and reason of the close. */
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.texts.push(String(data)));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })),
    );
  }

  /** Connects; fails with the status when the handshake is refused. */
  static async connect(url: string, headers: Record<string, string> = {}): Promise<TestClient> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers, perMessageDeflate: false });
    const client = new TestClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('unexpected-response', (_, { statusCode }) => {
        socket.terminate();
        reject(new HandshakeRefused(statusCode ?? 0));
      });
      socket.once('error', reject);
    });
    return client;
  }

  get socket(): WebSocket {
    return this.#socket;
  }

  get events(): readonly Received[] {
    return this.texts.map((text) => JSON.parse(text) as Received);
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  async close(): Promise<void> {
    this.#socket.close(1000);
    await this.closed;
  }

  /** Waits for a chat event that fits. */
  waitFor(what: string, fits: (event: Received) => boolean, seconds = 10): Promise<Received> {
    return waitFor(what, () => this.events.find(fits), { seconds, everyMilliseconds: 10 });
  }

  waitForCount(count: number, seconds = 10): Promise<true> {
    return waitFor(`${count} messages`, () => (this.texts.length >= count ? true : undefined), {
      seconds,
      everyMilliseconds: 10,
    });
  }
}

export class HandshakeRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The handshake was refused with ${status}`);
    this.status = status;
  }
}

/** Answer to a handshake that was refused. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: {
    readonly error: string;
    readonly code: number;
    readonly requestId: string;
    readonly details: readonly { readonly path: string; readonly reason: string }[];
  };
}

/** Asks for an upgrade that is to be refused, and reads the whole answer. */
export function refusedHandshake(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Refusal> {
  const upgrade = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest(url.replace(/^ws/, 'http'), { headers: { ...upgrade, ...headers } });
    request.once('upgrade', (_, wire) => {
      wire.destroy();
      reject(new Error('The handshake was accepted'));
    });
    request.once('error', reject);
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text) }),
      );
    });
    request.end();
  });
}
