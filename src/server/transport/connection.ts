import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Tally } from '../observability/tally.ts';
import type { LocalRoom, Member } from '../rooms/local-room.ts';
import { type Frame, textFrame } from './frame.ts';
import { Inbox } from './inbox.ts';
import { Outbox } from './outbox.ts';
import { InvalidJson, type Socket, SocketClosed } from './socket.ts';
import type { Turn } from './turn.ts';

/** WebSocket close codes the server uses (RFC 6455 and the IANA registry). */
export const CLOSE = {
  normal: 1000,
  unsupportedData: 1003,
  invalidData: 1007,
  internalError: 1011,
  serviceRestart: 1012,
  tryAgainLater: 1013,
} as const;

const MOST_REASON_BYTES = 123;

/** The half of a handshake that is left when the gate has let a request through. */
export interface Handshake {
  readonly wire: Duplex;
  /**
   * Answers 101 and hands over the socket before anything is read from it.
   *
   * @throws SocketClosed when the client has gone
   */
  complete(opened: (ws: WebSocket) => void): Promise<void>;
  refuse(status: number, reason: string): void;
}

export interface ConnectionOptions {
  readonly turn: Turn;
  readonly tally: Tally;
  readonly queueBytes: number;
}

/** One client, from the handshake to the close. */
export class Connection implements Socket, Member {
  readonly #handshake: Handshake;
  readonly #options: ConnectionOptions;
  readonly #rooms = new Set<LocalRoom>();
  readonly #atClose: (() => void)[] = [];
  #state: 'asked' | 'accepted' | 'refused' | 'closed' = 'asked';
  #open: { readonly ws: WebSocket; readonly inbox: Inbox; readonly outbox: Outbox } | undefined;
  #heard = true;

  constructor(handshake: Handshake, options: ConnectionOptions) {
    this.#handshake = handshake;
    this.#options = options;
    handshake.wire.once('close', this.#closed);
  }

  get state(): 'asked' | 'accepted' | 'refused' | 'closed' {
    return this.#state;
  }

  async accept(): Promise<void> {
    if (this.#state === 'closed') throw new SocketClosed();
    if (this.#state !== 'asked') throw new Error(`The handshake was answered before: ${this.#state}`);
    this.#state = 'accepted';
    await this.#handshake.complete((ws) => this.#opened(ws));
  }

  #opened(ws: WebSocket): void {
    // From here on ws tells of the end, after the last message was read.
    this.#handshake.wire.off('close', this.#closed);
    const inbox = new Inbox(ws);
    const { turn, tally, queueBytes } = this.#options;
    const overflow = () => {
      tally.overflows += 1;
      this.close(CLOSE.tryAgainLater, 'Too much waits to be read; retry-after-ms=1000');
    };
    const outbox = new Outbox({ ws, wire: this.#handshake.wire, turn, queueBytes, overflow });
    this.#open = { ws, inbox, outbox };
    ws.on('message', (data: Buffer, binary: boolean) => {
      this.#heard = true;
      tally.received += 1;
      if (binary) this.close(CLOSE.unsupportedData, 'Text messages only');
      else inbox.push(data.toString());
    });
    ws.on('pong', () => {
      this.#heard = true;
    });
    ws.on('close', (code) => {
      tally.closed(code);
      this.#closed();
    });
    // A protocol error of the client; ws closes the socket with the fitting code by itself.
    ws.on('error', () => {});
  }

  reject(status: number, reason: string): void {
    if (this.#state !== 'asked') return;
    this.#state = 'refused';
    this.#handshake.refuse(status, reason);
  }

  async receiveText(): Promise<string> {
    const text = await this.#live().inbox.next();
    if (text === undefined) throw new SocketClosed();
    return text;
  }

  async receiveJson(): Promise<unknown> {
    const text = await this.receiveText();
    try {
      return JSON.parse(text);
    } catch {
      throw new InvalidJson();
    }
  }

  async *texts(): AsyncGenerator<string, void, void> {
    const { inbox } = this.#live();
    for (let text = await inbox.next(); text !== undefined; text = await inbox.next()) yield text;
  }

  sendText(text: string): void {
    const { outbox } = this.#live();
    for (const room of this.#rooms) room.settle(this);
    this.#options.tally.delivered += 1;
    outbox.push(textFrame(text));
  }

  sendJson(value: unknown): void {
    this.sendText(JSON.stringify(value));
  }

  /** Queues frames of a room. */
  deliver(frames: Frame): void {
    this.#open?.outbox.push(frames);
  }

  close(code: number = CLOSE.normal, reason = ''): void {
    if (this.#open === undefined) {
      this.reject(503, reason);
      return;
    }
    const { ws, outbox } = this.#open;
    if (ws.readyState !== WebSocket.OPEN) return;
    for (const room of this.#rooms) room.settle(this);
    outbox.write();
    if (ws.readyState === WebSocket.OPEN) ws.close(code, truncated(reason));
  }

  /** Ends the connection without waiting for the client. */
  terminate(): void {
    if (this.#open === undefined) this.#handshake.wire.destroy();
    else this.#open.ws.terminate();
  }

  /** Sends a ping; false when nothing was heard from the client since the last one. */
  ping(): boolean {
    if (this.#open === undefined || this.#open.ws.readyState !== WebSocket.OPEN) return true;
    // What a handler is too slow to read keeps the pong from being read as well.
    if (!this.#heard && !this.#open.inbox.paused) return false;
    this.#heard = false;
    this.#open.ws.ping();
    return true;
  }

  entered(room: LocalRoom): void {
    this.#rooms.add(room);
  }

  left(room: LocalRoom): void {
    this.#rooms.delete(room);
  }

  /** Calls back once the connection is gone, at once if it is already. */
  onClose(callback: () => void): void {
    if (this.#state === 'closed') callback();
    else this.#atClose.push(callback);
  }

  #live() {
    if (this.#open !== undefined) return this.#open;
    throw this.#state === 'closed' ? new SocketClosed() : new Error('The socket was not accepted yet');
  }

  readonly #closed = (): void => {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#open?.inbox.end();
    for (const callback of this.#atClose.splice(0)) callback();
  };
}

function truncated(reason: string): string {
  if (Buffer.byteLength(reason) <= MOST_REASON_BYTES) return reason;
  return new TextDecoder()
    .decode(Buffer.from(reason).subarray(0, MOST_REASON_BYTES - 2))
    .replace(/\uFFFD$/, '');
}
