import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Frame } from './frame.ts';
import type { Turn } from './turn.ts';

interface OutboxOptions {
  /** Tells whether the socket is open: a frame after the closing one would break the protocol. */
  readonly ws: WebSocket;
  /** The wire beneath it. Frames go there directly, which is right as nothing is compressed or fragmented. */
  readonly wire: Duplex;
  readonly turn: Turn;
  /** Bytes that may wait. */
  readonly queueBytes: number;
  /** Called when more would wait; false makes room by dropping what has waited longest. */
  readonly overflow: () => boolean;
}

/**
 * Frames of one connection that wait for the end of the turn, or, when its client reads too slowly, for the kernel to
 * take what was written before.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #frames: Frame[] = [];
  #bytes = 0;
  #blocked = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Bytes that have not reached the kernel yet. */
  get waiting(): number {
    return this.#bytes + this.#options.wire.writableLength;
  }

  /** Queues one frame, or several joined. A client with nothing waiting gets it whatever its size. */
  push(frames: Frame): void {
    const { ws, turn, queueBytes, overflow } = this.#options;
    if (ws.readyState !== WebSocket.OPEN) return;
    const waiting = this.waiting;
    if (waiting > 0 && waiting + frames.length > queueBytes) {
      if (overflow()) return;
      this.#dropOldest(waiting + frames.length - queueBytes);
    }
    if (this.#bytes === 0 && !this.#blocked) turn.writeLater(this);
    this.#frames.push(frames);
    this.#bytes += frames.length;
  }

  write(): void {
    const { wire } = this.#options;
    if (!wire.writableNeedDrain) this.flush();
    else if (!this.#blocked) {
      this.#blocked = true;
      wire.once('drain', () => {
        this.#blocked = false;
        this.write();
      });
    }
  }

  /** Hands everything to the wire, however slowly it is read. */
  flush(): void {
    if (this.#bytes === 0) return;
    const frames = this.#frames;
    const data = frames.length === 1 && frames[0] !== undefined ? frames[0] : Buffer.concat(frames);
    this.#frames = [];
    this.#bytes = 0;
    if (this.#options.ws.readyState === WebSocket.OPEN) this.#options.wire.write(data);
  }

  #dropOldest(bytes: number): void {
    let dropped = 0;
    let count = 0;
    for (; count < this.#frames.length && dropped < bytes; count += 1)
      dropped += this.#frames[count]?.length ?? 0;
    this.#frames.splice(0, count);
    this.#bytes -= dropped;
  }
}
