import type { SocketData } from './events.ts';

/** What is kept of messages sent while there is no connection. */
export interface QueueOptions {
  /** How many messages; 100 by default. */
  readonly messages?: number;
  /** How many bytes altogether; 1 MiB by default. */
  readonly bytes?: number;
  /** What gives way when it is full: the message that comes (`refuse`, the default), or those that wait longest. */
  readonly overflow?: 'refuse' | 'drop-oldest';
}

/** Messages that wait for a connection, in order and bounded. */
export class SendQueue {
  readonly #limits: Required<QueueOptions>;
  #waiting: { readonly data: SocketData; readonly bytes: number }[] = [];
  #bytes = 0;

  constructor(limits: Required<QueueOptions>) {
    this.#limits = limits;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a copy of the message, if there is or can be room; says which messages are dropped, this one or older ones. */
  add(data: SocketData): { readonly queued: boolean; readonly dropped: readonly SocketData[] } {
    const bytes = new Blob([data]).size;
    const { messages, bytes: mostBytes, overflow } = this.#limits;
    const full = () => this.#waiting.length >= messages || this.#bytes + bytes > mostBytes;
    const hopeless = messages < 1 || bytes > mostBytes;
    if (hopeless || (overflow === 'refuse' && full())) return { queued: false, dropped: [data] };
    const dropped: SocketData[] = [];
    while (full()) {
      const oldest = this.#waiting.shift();
      if (oldest === undefined) break;
      this.#bytes -= oldest.bytes;
      dropped.push(oldest.data);
    }
    this.#waiting.push({ data: copy(data), bytes });
    this.#bytes += bytes;
    return { queued: true, dropped };
  }

  /** Hands all messages over, oldest first. */
  take(): readonly SocketData[] {
    const taken = this.#waiting.map(({ data }) => data);
    this.#waiting = [];
    this.#bytes = 0;
    return taken;
  }
}

/** As with a WebSocket, what the caller does with a buffer after sending it changes nothing. */
function copy(data: SocketData): SocketData {
  if (!ArrayBuffer.isView(data)) return data.slice(0);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}
