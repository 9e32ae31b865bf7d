import type { Frame } from '../websocket/frame.ts';
import type { WebSocket } from '../websocket/web-socket.ts';
import type { Turn } from './turn.ts';

/** What all outboxes of a server share. */
interface OutboxOptions {
  readonly turn: Turn;
  /** Bytes that may wait. */
  readonly queueBytes: number;
}

interface Owner {
  /** Called when more would wait; false makes room by dropping what has waited longest. */
  overflow(): boolean;
}

const NOTHING: Frame[] = [];

/**
 * Frames of one connection that wait for the end of the turn, or, when its client reads too slowly, for the kernel to
 * take what was written before.
 */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #options: OutboxOptions;
  readonly #owner: Owner;
  #frames = NOTHING;
  #bytes = 0;
  #blocked = false;

  constructor(socket: WebSocket, options: OutboxOptions, owner: Owner) {
    this.#socket = socket;
    this.#options = options;
    this.#owner = owner;
  }

  /** Bytes that have not reached the kernel yet. */
  get waiting(): number {
    return this.#bytes + this.#socket.wire.writableLength;
  }

  /** Queues one frame, or several joined. A client with nothing waiting gets it whatever its size. */
  push(frames: Frame): void {
    const { turn, queueBytes } = this.#options;
    if (!this.#socket.open) return;
    const waiting = this.waiting;
    if (waiting > 0 && waiting + frames.length > queueBytes) {
      if (this.#owner.overflow()) return;
      this.#dropOldest(waiting + frames.length - queueBytes);
    }
    if (this.#bytes === 0 && !this.#blocked) turn.writeLater(this);
    if (this.#bytes === 0) this.#frames = [frames];
    else this.#frames.push(frames);
    this.#bytes += frames.length;
  }

  write(): void {
    const { wire } = this.#socket;
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
    this.#frames = NOTHING;
    this.#bytes = 0;
    this.#socket.write(data);
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
