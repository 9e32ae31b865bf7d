import { advisedDelay, type BackOff, backOffDelay } from './back-off.ts';
import { Emitter } from './emitter.ts';

export type SocketState = 'connecting' | 'open' | 'waiting' | 'closed';

export interface SocketEvents {
  /** Every change of the state. */
  state: SocketState;
  /** A message of the server. */
  message: string;
  /** The connection is lost or could not be made; the next attempt (from 1) follows after the delay. */
  reconnecting: {
    readonly attempt: number;
    readonly delayMs: number;
    readonly code: number;
    readonly reason: string;
  };
  /** It is over: closed with 1000 by either side, or out of retries. */
  close: { readonly code: number; readonly reason: string };
}

export interface SocketOptions extends Partial<BackOff> {
  /** Attempts in a row that may fail; without limit by default. */
  readonly maxRetries?: number;
  /** How long a connection must hold, in milliseconds, for the attempts to be counted anew; 5,000 by default. */
  readonly stableAfterMs?: number;
}

const NORMAL = 1000;

/**
 * A WebSocket that connects again when it is lost, for browsers and Node.
 *
 * It waits with exponential back-off and full jitter (250 ms to 30 s by default), or as long as the server asks in its
 * close reason. After a close with 1000, by either side, it stays closed.
 */
export class ReconnectingSocket extends Emitter<SocketEvents> {
  readonly #url: () => string;
  readonly #options: Required<SocketOptions>;
  #socket: WebSocket | undefined;
  #state: SocketState = 'connecting';
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param url or what gives it before each attempt, so that it may hold a fresh token */
  constructor(url: string | (() => string), options: SocketOptions = {}) {
    super();
    this.#url = typeof url === 'string' ? () => url : url;
    this.#options = {
      baseDelayMs: 250,
      maxDelayMs: 30_000,
      maxRetries: Number.POSITIVE_INFINITY,
      stableAfterMs: 5_000,
      ...options,
    };
    this.#connect();
  }

  get state(): SocketState {
    return this.#state;
  }

  /** Sends a text; false when there is no connection, and then it is not kept. */
  send(text: string): boolean {
    if (this.#state !== 'open') return false;
    this.#socket?.send(text);
    return true;
  }

  /** Closes with 1000, for good. */
  close(reason = ''): void {
    if (this.#state === 'closed') return;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close(NORMAL, reason);
    this.#end(NORMAL, reason);
  }

  #connect(): void {
    const socket = new WebSocket(this.#url());
    this.#socket = socket;
    this.#change('connecting');
    socket.addEventListener('open', () => {
      if (socket !== this.#socket) return;
      this.#timer = setTimeout(() => {
        this.#attempt = 0;
      }, this.#options.stableAfterMs);
      this.#change('open');
    });
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket && typeof data === 'string') this.emit('message', data);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (socket === this.#socket) this.#lost(code, reason);
    });
  }

  #lost(code: number, reason: string): void {
    clearTimeout(this.#timer);
    this.#socket = undefined;
    if (code === NORMAL || this.#attempt >= this.#options.maxRetries) {
      this.#end(code, reason);
      return;
    }
    this.#attempt += 1;
    const delayMs = advisedDelay(reason) ?? backOffDelay(this.#attempt, this.#options);
    this.#timer = setTimeout(() => this.#connect(), delayMs);
    this.#change('waiting');
    this.emit('reconnecting', { attempt: this.#attempt, delayMs, code, reason });
  }

  #end(code: number, reason: string): void {
    this.#change('closed');
    this.emit('close', { code, reason });
  }

  #change(state: SocketState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.emit('state', state);
  }
}
