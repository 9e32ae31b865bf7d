import type { Duplex } from 'node:stream';
import { type Pace, spend, waitFor } from '../pace/pace.ts';
import { CLOSE } from './close.ts';
import { closeFrame, type Frame, PING_FRAME, pongFrame } from './frame.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';

/** Whose a WebSocket is. */
export interface WebSocketOwner {
  /** A message; a text, or bytes. */
  received(message: string | Buffer): void;
  /** A pong. */
  heard(): void;
  /** The client has begun to close it: nothing can be sent any more. */
  ending(code: number, reason: string): void;
  /** The end, with what the client's closing frame said; 1006 when there was none. Comes once. */
  closed(code: number, reason: string): void;
}

/** How long a client may take to answer a close before it is cut off. */
const CLOSE_TIMEOUT_MS = 5_000;

/** Bounds of what is read from one client. */
export interface ReadLimits {
  /** Of a message. */
  readonly mostBytes: number;
  /** Of messages; without it they are read as fast as they come. What is too much waits, as TCP slows its sender down. */
  readonly pace: Pace | undefined;
}

/**
 * Messages of one client after which it is seen whether others must get their turn: who floods must not make them wait.
 * They take some fifty microseconds.
 */
const IN_A_ROW = 64;
/** A message counts for one more with each quarter of a kilobyte. */
const LENGTH_SHIFT = 8;
/**
 * From this length on with each 32 bytes: Node no longer takes it from its pool, and memory of its own brings on V8's
 * full collections, which take longer than all else that a message costs.
 */
const LONG = 4_096;
const LONG_SHIFT = 5;
/** A pong is a write of its own, which costs as much as so many messages. */
const PONG_COST = 9;

const its = Symbol('its WebSocket');
type Wire = Duplex & { [its]: WebSocket };

/** The server's end of a WebSocket (RFC 6455), from the handshake on, without extensions. */
export class WebSocket implements FrameSink {
  readonly wire: Duplex;
  readonly subprotocol: string;
  readonly #owner: WebSocketOwner;
  readonly #reader: FrameReader;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #paused = false;
  /** Others have their turn. */
  #waits = false;
  /** Messages since it was last seen whether it is the turn of others. */
  #inARow = 0;
  /** Whether that was seen before since the last bytes came. */
  #seen = false;
  /** When it may send as much at once as anybody who was quiet, in milliseconds of the process. */
  #fullAt = 0;
  readonly #limits: ReadLimits;
  /** What the last ping said that was not answered yet. */
  #owed: Buffer | undefined;
  #cutOff: NodeJS.Timeout | undefined;
  #code: number = CLOSE.abnormal;
  #reason = '';

  /**
   * Begins to read at the end of the turn.
   *
   * @param wire answered with 101 already; nothing else reads from it
   * @param head what the client has sent after its handshake
   */
  constructor(wire: Duplex, head: Buffer, subprotocol: string, limits: ReadLimits, owner: WebSocketOwner) {
    this.wire = wire;
    this.subprotocol = subprotocol;
    this.#owner = owner;
    this.#limits = limits;
    this.#reader = new FrameReader(this, limits.mostBytes);
    (wire as Wire)[its] = this;
    // Before anybody listens, or it would be told in this turn.
    if (head.length > 0) wire.unshift(head);
    wire.on('data', WebSocket.onData);
    wire.on('end', WebSocket.onEnd);
    wire.on('close', WebSocket.onClose);
    wire.resume();
  }

  /** Whether frames may be sent: none may follow the closing one. */
  get open(): boolean {
    return this.#state === 'open';
  }

  write(frames: Frame): void {
    if (this.#state === 'open') this.wire.write(frames);
  }

  sendPing(): void {
    this.write(PING_FRAME);
  }

  /** Sends the closing frame; who does not answer it is cut off. A reason holds at most 123 bytes. */
  close(code: number, reason: string): void {
    if (this.#state !== 'open') return;
    this.write(closeFrame(code, reason));
    this.#closing();
  }

  /** Ends it without waiting for the client. */
  terminate(): void {
    this.wire.destroy();
  }

  /** Stops reading; what was read already waits. */
  pause(): void {
    this.#paused = true;
    this.wire.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#goOn();
  }

  text(text: string): boolean {
    this.#owner.received(text);
    return this.#takesMore(costOf(text.length));
  }

  binary(bytes: Buffer): boolean {
    this.#owner.received(bytes);
    return this.#takesMore(costOf(bytes.length));
  }

  ping(payload: Buffer): boolean {
    if (!this.wire.writableNeedDrain) this.write(pongFrame(payload));
    else {
      // Who does not read gets but the last pong, as the RFC allows: they would pile up without bound.
      if (this.#owed === undefined) this.wire.once('drain', WebSocket.onDrain);
      this.#owed = Buffer.from(payload);
    }
    return this.#takesMore(PONG_COST);
  }

  pong(): boolean {
    this.#owner.heard();
    return this.#takesMore(1);
  }

  part(length: number): boolean {
    return this.#takesMore(costOf(length));
  }

  ended(code: number, reason: string): void {
    this.#code = code;
    this.#reason = reason;
    if (this.#state === 'open') {
      this.#owner.ending(code, reason);
      this.write(code === CLOSE.noStatus ? closeFrame() : closeFrame(code, reason));
      this.#closing();
    }
    // By the RFC it is the server that ends the connection.
    this.wire.end();
  }

  broken(code: number, reason: string): void {
    this.#code = code;
    this.#reason = reason;
    this.close(code, reason);
    this.wire.end();
    // The rest is read to be forgotten, or the kernel would reset the connection before the client has read why.
    this.resume();
  }

  #closing(): void {
    this.#state = 'closing';
    this.#cutOff = setTimeout(cutOff, CLOSE_TIMEOUT_MS, this.wire);
  }

  #takesMore(cost: number): boolean {
    if (this.#state === 'closed') return true;
    if (this.#paused || this.#waits) return false;
    this.#inARow += cost;
    if (this.#inARow < IN_A_ROW) return true;
    const waitMs = this.#spend();
    // Many clients that send a little at a time have their turns anyway: to pause them all would cost more than it gives.
    if (waitMs === 0 && !this.#seen) {
      this.#seen = true;
      return true;
    }
    this.#waits = true;
    this.wire.pause();
    if (waitMs === 0) setImmediate(WebSocket.afterOthers, this);
    else setTimeout(WebSocket.afterOthers, Math.ceil(waitMs), this);
    return false;
  }

  /** @returns milliseconds until it may go on */
  #spend(): number {
    const { pace } = this.#limits;
    const count = this.#inARow;
    this.#inARow = 0;
    if (pace === undefined) return 0;
    const now = performance.now();
    this.#fullAt = spend(pace, this.#fullAt, now, count);
    return waitFor(pace, this.#fullAt, now);
  }

  #goOn(): void {
    if (this.#paused || this.#waits) return;
    // A stream that failed would be emptied without a word; what it holds is taken at its end.
    if (this.#reader.resume() && !this.wire.destroyed) this.wire.resume();
  }

  /** The connection is gone. What has come before can still be read. */
  #gone(): void {
    this.#state = 'closed';
    clearTimeout(this.#cutOff);
    const rest: Buffer | null = this.wire.read();
    this.#reader.resume();
    if (rest !== null) this.#reader.read(rest);
    this.#owner.closed(this.#code, this.#reason);
  }

  // Listeners that all sockets share: closures of its own would be half a kilobyte for each.
  static readonly afterOthers = (its: WebSocket): void => {
    its.#waits = false;
    its.#seen = false;
    its.#goOn();
  };

  static readonly onData = function (this: Wire, chunk: Buffer): void {
    const socket = this[its];
    socket.#seen = false;
    socket.#reader.read(chunk);
  };

  static readonly onDrain = function (this: Wire): void {
    const socket = this[its];
    const owed = socket.#owed;
    socket.#owed = undefined;
    if (owed !== undefined) socket.write(pongFrame(owed));
  };

  static readonly onEnd = function (this: Wire): void {
    this.end();
  };

  static readonly onClose = function (this: Wire): void {
    this[its].#gone();
  };
}

function costOf(length: number): number {
  return length < LONG ? 1 + (length >>> LENGTH_SHIFT) : length >>> LONG_SHIFT;
}

function cutOff(wire: Duplex): void {
  wire.destroy();
}
