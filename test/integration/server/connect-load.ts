import { WebSocket } from 'ws';

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Clients that connect one after the other, without a pause, and leave at once. */
export class ConnectLoad {
  /** Process ids that served, with the time of the first client each: the server's first text. */
  readonly servedAt = new Map<number, number>();
  /** What became of connects that failed. */
  readonly failures: string[] = [];
  connects = 0;
  #stopped = false;
  readonly #loops: readonly Promise<void>[];

  /** @param url of an endpoint that sends its process id */
  constructor(url: string, atOnce: number) {
    this.#loops = Array.from({ length: atOnce }, async () => {
      while (!this.#stopped) await this.#connect(url.replace(/^http/, 'ws'));
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
  }

  async #connect(url: string): Promise<void> {
    const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: HANDSHAKE_TIMEOUT_MS });
    await new Promise<void>((resolve) => {
      socket.once('message', (text) => {
        this.connects += 1;
        const pid = Number(text);
        if (!this.servedAt.has(pid)) this.servedAt.set(pid, performance.now());
        socket.close(1000);
      });
      socket.on('unexpected-response', (_, { statusCode }) => {
        this.failures.push(`status ${statusCode}`);
        socket.terminate();
        resolve();
      });
      socket.on('error', ({ message }) => this.failures.push(message));
      socket.once('close', () => resolve());
    });
  }
}
