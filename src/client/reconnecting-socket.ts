/// <reference lib="esnext.disposable" preserve="true" />
import { Attempt } from './attempt.ts';
import { advisedDelay, backOffDelay } from './back-off.ts';
import { CLOSE, checkClose } from './close-code.ts';
import { Emitter } from './emitter.ts';
import type { BinaryTypes, Loss, SocketData, SocketEvents, SocketState } from './events.ts';
import { isOffline, watchNetwork } from './network.ts';
import { type Address, type SettledOptions, type SocketOptions, settle } from './options.ts';
import { SendQueue } from './send-queue.ts';

/** What became of a message: `refused` ones are never sent. */
export type SendResult = 'sent' | 'queued' | 'refused';

/**
 * A WebSocket that connects again when it is lost, for browsers and Node.
 *
 * It waits with exponential back-off and full jitter (250 ms to 30 s by default), or as long as the server asks in its
 * close reason. Messages sent meanwhile wait in a bounded queue. After a close with 1000 or 1008, by either side, it
 * stays closed.
 */
export class ReconnectingSocket<Type extends keyof BinaryTypes = 'arraybuffer'>
  extends Emitter<SocketEvents<Type>>
  implements Disposable
{
  readonly #address: Address;
  readonly #options: SettledOptions;
  readonly #queue: SendQueue;
  readonly #over = new AbortController();
  #attempt: Attempt | undefined;
  #state: SocketState = 'connecting';
  /** Attempts in a row that failed. */
  #failed = 0;
  /** Until when the server asked not to be disturbed, by the clock of `performance`. */
  #notBefore = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Connects at once.
   *
   * @throws RangeError when an option is out of range
   * @throws DOMException when the url is a string that is no WebSocket address, or a subprotocol is not valid
   */
  constructor(url: Address, options: SocketOptions<Type> = {}) {
    super();
    this.#address = url;
    this.#options = settle(options);
    this.#queue = new SendQueue(this.#options.queue);
    const { signal } = options;
    if (signal?.aborted) {
      // Whoever made the socket can still listen for its close.
      queueMicrotask(() => this.close());
      return;
    }
    this.#connect();
    const ours = this.#over.signal;
    signal?.addEventListener('abort', () => this.close(), { signal: ours });
    if (this.#options.awaitNetwork) {
      watchNetwork({ online: () => this.#online(), offline: () => this.#offline() }, ours);
    }
  }

  get state(): SocketState {
    return this.#state;
  }

  /** The subprotocol that the server chose; empty without one or while there is no connection. */
  get protocol(): string {
    return this.#attempt?.protocol ?? '';
  }

  /** Bytes that wait to leave: in the queue, and in the WebSocket beneath. */
  get bufferedAmount(): number {
    return this.#queue.bytes + (this.#attempt?.bufferedAmount ?? 0);
  }

  /**
   * Sends a message, or queues it while there is no connection: queued messages are sent in order once there is one,
   * before the state `open` is told. `sent` means handed to the WebSocket; whether it arrives, only an answer tells.
   */
  send(data: SocketData): SendResult {
    if (this.#state === 'closed') {
      this.emit('dropped', { data, reason: 'closed' });
      return 'refused';
    }
    if (this.#attempt?.send(data)) return 'sent';
    const { queued, dropped } = this.#queue.add(data);
    for (const data of dropped) this.emit('dropped', { data, reason: 'overflow' });
    return queued ? 'queued' : 'refused';
  }

  /**
   * Closes for good. Messages that wait in the queue are dropped.
   *
   * @param code 1000 by default, or 3000 to 4999
   * @param reason at most 123 bytes
   * @throws RangeError when the code or the reason is none of that
   */
  close(code: number = CLOSE.normal, reason = ''): void {
    checkClose(code, reason);
    if (this.#state === 'closed') return;
    this.#attempt?.giveUp(code, reason);
    this.#end({ code, reason });
  }

  /** Closes with 1000. */
  [Symbol.dispose](): void {
    this.close();
  }

  #connect(): void {
    if (this.#mustAwaitNetwork()) {
      this.#change('offline');
      return;
    }
    this.#attempt = new Attempt(this.#address, this.#options, {
      opened: () => this.#opened(),
      message: (data) => {
        if (typeof data === 'string') this.emit('message', data);
        else this.emit('binary', data as BinaryTypes[Type]);
      },
      lost: (loss) => this.#lost(loss),
    });
    this.#change('connecting');
  }

  #opened(): void {
    this.#timer = setTimeout(() => {
      this.#failed = 0;
    }, this.#options.stableAfterMs);
    for (const data of this.#queue.take()) this.#attempt?.send(data);
    this.#change('open');
  }

  #lost(loss: Loss): void {
    clearTimeout(this.#timer);
    this.#attempt = undefined;
    const { shouldReconnect, maxRetries } = this.#options;
    const { code, reason } = loss;
    if (!shouldReconnect(code, reason)) {
      this.#end(loss);
      return;
    }
    const advised = advisedDelay(reason);
    if (advised !== undefined) this.#notBefore = performance.now() + advised;
    if (this.#mustAwaitNetwork()) {
      this.#change('offline');
      return;
    }
    if (this.#failed >= maxRetries) {
      this.#end(loss);
      return;
    }
    this.#failed += 1;
    const delayMs = advised ?? backOffDelay(this.#failed, this.#options);
    this.#wait(delayMs);
    if (this.#state === 'waiting') this.emit('reconnecting', { attempt: this.#failed, delayMs, ...loss });
  }

  #wait(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), delayMs);
    this.#change('waiting');
  }

  /** There is nothing to back off from: it was the network, and that is back. The server's advice still counts. */
  #online(): void {
    if (this.#state !== 'waiting' && this.#state !== 'offline') return;
    clearTimeout(this.#timer);
    const left = this.#notBefore - performance.now();
    if (left > 0) this.#wait(left);
    else this.#connect();
  }

  /** A connection whose network is gone may look open for minutes, and what is sent into it would be lost. */
  #offline(): void {
    clearTimeout(this.#timer);
    this.#attempt?.giveUp();
    this.#attempt = undefined;
    this.#change('offline');
  }

  #mustAwaitNetwork(): boolean {
    return this.#options.awaitNetwork && isOffline();
  }

  #end(loss: Loss): void {
    clearTimeout(this.#timer);
    this.#attempt = undefined;
    this.#over.abort();
    this.#change('closed');
    for (const data of this.#queue.take()) this.emit('dropped', { data, reason: 'closed' });
    this.emit('close', loss);
  }

  #change(state: SocketState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.emit('state', state);
  }
}
