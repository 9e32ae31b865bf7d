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
  /** Bytes that may wait; more calls `overflow`. */
  readonly queueBytes: number;
  readonly overflow: () => void;
}

/** Frames of one connection that wait for the end of the turn. */
export class Outbox {
  readonly #options: OutboxOptions;
  #frames: Frame[] = [];
  #bytes = 0;

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
      overflow();
      return;
    }
    if (this.#bytes === 0) turn.writeLater(this);
    this.#frames.push(frames);
    this.#bytes += frames.length;
  }

  write(): void {
    if (this.#bytes === 0) return;
    const frames = this.#frames;
    const data = frames.length === 1 && frames[0] !== undefined ? frames[0] : Buffer.concat(frames);
    this.#frames = [];
    this.#bytes = 0;
    if (this.#options.ws.readyState === WebSocket.OPEN) this.#options.wire.write(data);
  }
}
