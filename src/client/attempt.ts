import { CLOSE } from './close-code.ts';
import type { Loss, SocketData } from './events.ts';
import type { Address, SettledOptions } from './options.ts';

interface Handlers {
  opened(): void;
  message(data: string | ArrayBuffer | Blob): void;
  /** Comes once at most, and nothing after it. */
  lost(loss: Loss): void;
}

/** One attempt to connect and, when it works, the connection. */
export class Attempt {
  readonly #options: SettledOptions;
  readonly #on: Handlers;
  readonly #over = new AbortController();
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @throws DOMException when the address is a string that is no WebSocket address, or a subprotocol is not valid */
  constructor(address: Address, options: SettledOptions, on: Handlers) {
    this.#options = options;
    this.#on = on;
    if (typeof address === 'string') this.#open(address);
    else void this.#openOnceKnown(address);
    const { connectTimeoutMs } = options;
    this.#timer = setTimeout(
      () => this.#fail(`No connection within ${connectTimeoutMs} ms`),
      connectTimeoutMs,
    );
  }

  /** The subprotocol that the server chose. */
  get protocol(): string {
    return this.#socket?.protocol ?? '';
  }

  /** Bytes that are sent but have not left yet. */
  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Sends if it can; a socket that is closing would take the message and lose it. */
  send(data: SocketData): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(data);
    return true;
  }

  /** Closes; nothing is heard of it any more. */
  giveUp(code?: number, reason?: string): void {
    this.#end();
    this.#socket?.close(code, reason);
  }

  async #openOnceKnown(address: Exclude<Address, string>): Promise<void> {
    const { signal } = this.#over;
    try {
      // Wrapped, so that what it throws at once is caught no sooner than what it rejects with.
      const url = await (async () => address(signal))();
      if (!signal.aborted) this.#open(url);
    } catch (cause) {
      if (!signal.aborted) this.#fail('The url function failed or gave no WebSocket address', cause);
    }
  }

  #open(url: string): void {
    const { protocols, binaryType } = this.#options;
    const socket = new WebSocket(url, typeof protocols === 'string' ? protocols : [...protocols]);
    socket.binaryType = binaryType;
    const { signal } = this.#over;
    socket.addEventListener('open', () => this.#opened(), { signal });
    socket.addEventListener('message', ({ data }) => this.#on.message(data), { signal });
    socket.addEventListener('close', ({ code, reason }) => this.#closed({ code, reason }), { signal });
    this.#socket = socket;
  }

  #opened(): void {
    clearTimeout(this.#timer);
    this.#on.opened();
  }

  #fail(reason: string, cause?: unknown): void {
    this.giveUp();
    this.#on.lost({ code: CLOSE.abnormal, reason, ...(cause !== undefined && { cause }) });
  }

  #closed(loss: Loss): void {
    this.#end();
    this.#on.lost(loss);
  }

  /** Some WebSockets tell of their close while `close()` still runs; so nobody must listen by then. */
  #end(): void {
    clearTimeout(this.#timer);
    this.#over.abort();
  }
}
