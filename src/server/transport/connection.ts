import { WebSocket } from 'ws';
import type { z } from 'zod';
import type { Tally } from '../observability/tally.ts';
import type { MessagePace } from '../pace/message-pace.ts';
import type { LocalRoom, Member } from '../rooms/local-room.ts';
import { CLOSE } from './close.ts';
import type { Driver, Farewell, Occasion } from './driver.ts';
import { binaryFrame, type Frame, textFrame } from './frame.ts';
import type { Handshake } from './handshake.ts';
import { Inbox } from './inbox.ts';
import { Outbox } from './outbox.ts';
import {
  type AcceptOptions,
  Disconnect,
  InvalidMessage,
  type Message,
  NotAccepted,
  type Socket,
} from './socket.ts';
import type { Turn } from './turn.ts';

const MOST_REASON_BYTES = 123;
const NOT_ENDED: Farewell = { code: CLOSE.abnormal, reason: '' };

/** What all connections share. */
export interface ConnectionOptions {
  readonly turn: Turn;
  readonly tally: Tally;
  readonly queueBytes: number;
  readonly slowClients: 'close' | 'drop-oldest';
}

/** One client, from the handshake to the close. */
export class Connection implements Socket, Member {
  readonly #handshake: Handshake;
  readonly #options: ConnectionOptions;
  /** How often the client may send; as often as it likes when undefined. */
  readonly #pace: MessagePace | undefined;
  #rooms: Set<LocalRoom> | undefined;
  #atClose: (() => void)[] | undefined;
  #state: 'asked' | 'accepted' | 'refused' | 'closed' = 'asked';
  #open: { readonly ws: WebSocket; readonly inbox: Inbox; readonly outbox: Outbox } | undefined;
  #driver: Driver | undefined;
  #heard = true;
  #end: Farewell = NOT_ENDED;

  constructor(handshake: Handshake, options: ConnectionOptions, pace?: MessagePace) {
    this.#handshake = handshake;
    this.#options = options;
    this.#pace = pace;
    handshake.wire.once('close', this.#closed);
  }

  get state(): 'asked' | 'accepted' | 'refused' | 'closed' {
    return this.#state;
  }

  get subprotocol(): string {
    return this.#open?.ws.protocol ?? '';
  }

  /** How it ended, or began to end; 1006 as long as it has not. */
  get closeCode(): number {
    return this.#end.code;
  }

  async accept(options: AcceptOptions = {}): Promise<void> {
    if (this.#state === 'closed') throw this.#disconnect();
    if (this.#state !== 'asked') throw new Error(`The handshake was answered before: ${this.#state}`);
    const { subprotocol } = options;
    if (subprotocol !== undefined && !this.#handshake.offered.includes(subprotocol)) {
      throw new Error(`The client does not offer the subprotocol ${subprotocol}`);
    }
    this.#state = 'accepted';
    try {
      this.#opened(this.#handshake.complete(options));
    } catch (error) {
      // Nothing was sent yet, so it can still be refused.
      if (this.#open === undefined && this.#state === 'accepted') this.#state = 'asked';
      throw error;
    }
  }

  #opened(ws: WebSocket): void {
    // From here on ws tells of the end, after the last message was read.
    this.#handshake.wire.off('close', this.#closed);
    const { turn, tally, queueBytes } = this.#options;
    const pace = this.#pace;
    const inbox = new Inbox(ws);
    const overflow = () => this.#overflow();
    const outbox = new Outbox({ ws, wire: this.#handshake.wire, turn, queueBytes, overflow });
    this.#open = { ws, inbox, outbox };
    ws.on('message', (data: Buffer, binary: boolean) => {
      this.#heard = true;
      tally.received += 1;
      if (pace !== undefined && !pace.take()) {
        this.dismiss('flood', { code: CLOSE.policy, reason: 'Too many messages' });
        return;
      }
      const message = binary ? data : data.toString();
      if (this.#driver === undefined) inbox.push(message);
      else this.#driver.receive(message);
    });
    ws.on('pong', () => {
      this.#heard = true;
    });
    ws.on('close', (code, reason) => {
      tally.closed(code);
      this.#end = { code, reason: reason.toString() };
      this.#closed();
    });
    // A protocol error of the client; ws closes the socket with the fitting code by itself.
    ws.on('error', () => {});
  }

  /** Answers the handshake with a status instead of accepting it. */
  reject(status: number, reason: string): void {
    if (this.#state !== 'asked') return;
    this.#state = 'refused';
    this.#handshake.refuse(status, reason);
  }

  async receiveText(): Promise<string> {
    const message = await this.#receive();
    if (typeof message === 'string') return message;
    throw new InvalidMessage(CLOSE.unsupportedData, 'Text messages only');
  }

  async receiveBytes(): Promise<Buffer> {
    const message = await this.#receive();
    if (typeof message !== 'string') return message;
    throw new InvalidMessage(CLOSE.unsupportedData, 'Binary messages only');
  }

  async receiveJson(): Promise<unknown>;
  async receiveJson<Schema extends z.ZodType>(schema: Schema): Promise<z.output<Schema>>;
  async receiveJson(schema?: z.ZodType): Promise<unknown> {
    const text = await this.receiveText();
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new InvalidMessage(CLOSE.invalidData, 'The message is not valid JSON');
    }
    const checked = schema?.safeParse(value);
    if (checked === undefined || checked.success) return checked === undefined ? value : checked.data;
    const [issue] = checked.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new InvalidMessage(
      CLOSE.invalidData,
      where === '' ? `${issue?.message}` : `${where}: ${issue?.message}`,
    );
  }

  async *texts(): AsyncGenerator<string, void, void> {
    for await (const message of this) {
      if (typeof message !== 'string') throw new InvalidMessage(CLOSE.unsupportedData, 'Text messages only');
      yield message;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void, void> {
    const { inbox } = this.#accepted();
    for (let message = await inbox.next(); message !== undefined; message = await inbox.next()) yield message;
  }

  sendText(text: string): void {
    this.#send(textFrame(text));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#send(binaryFrame(bytes));
  }

  sendJson(value: unknown): void {
    this.sendText(JSON.stringify(value));
  }

  /** Queues frames of a room; when the socket is closed, nothing happens. */
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
    if (this.#rooms !== undefined) for (const room of this.#rooms) room.settle(this);
    outbox.flush();
    this.#end = { code, reason };
    if (ws.readyState === WebSocket.OPEN) ws.close(code, truncated(reason));
  }

  /**
   * Hands the connection over to a driver, in the turn in which it was accepted: no message has come yet.
   *
   * @returns when it is gone
   */
  drive(driver: Driver): Promise<void> {
    this.#driver = driver;
    return new Promise((resolve) => {
      this.onClose(() => {
        driver.ended();
        resolve();
      });
    });
  }

  /** Stops reading what the client sends; TCP then slows it down. */
  pause(): void {
    this.#open?.ws.pause();
  }

  resume(): void {
    this.#open?.ws.resume();
  }

  /** Closes it for a reason of the server's own: with the code of its driver, or with this one. */
  dismiss(occasion: Occasion, otherwise: Farewell): void {
    const { code, reason } = this.#driver?.farewells[occasion] ?? otherwise;
    this.close(code, reason);
  }

  /** Closes it since the proof of its user has ended. */
  expire(): void {
    const reason = 'The token has expired';
    if (this.#open === undefined) this.reject(401, reason);
    else this.dismiss('expired', { code: CLOSE.tokenExpired, reason });
  }

  /** Gives up a client that does not answer pings. */
  abandon(): void {
    if (this.#driver === undefined) this.terminate();
    // Should it live after all, it learns why; if not, it is cut off once it has not answered this either.
    else this.dismiss('dead', { code: CLOSE.abnormal, reason: '' });
  }

  /** Ends the connection without waiting for the client. */
  terminate(): void {
    if (this.#open === undefined) this.#handshake.wire.destroy();
    else this.#open.ws.terminate();
  }

  /** Sends a ping; false when nothing was heard from the client since the last one. */
  ping(): boolean {
    if (this.#open === undefined || this.#open.ws.readyState !== WebSocket.OPEN) return true;
    if (this.#driver !== undefined) return this.#driver.ping();
    // What a handler is too slow to read keeps the pong from being read as well.
    if (!this.#heard && !this.#open.inbox.paused) return false;
    this.#heard = false;
    this.#open.ws.ping();
    return true;
  }

  entered(room: LocalRoom): void {
    this.#rooms ??= new Set();
    this.#rooms.add(room);
  }

  left(room: LocalRoom): void {
    this.#rooms?.delete(room);
  }

  /** Calls back once the connection is gone, at once if it is already. */
  onClose(callback: () => void): void {
    if (this.#state === 'closed') {
      callback();
      return;
    }
    this.#atClose ??= [];
    this.#atClose.push(callback);
  }

  async #receive(): Promise<Message> {
    const message = await this.#accepted().inbox.next();
    if (message === undefined) throw this.#disconnect();
    return message;
  }

  #send(frame: Frame): void {
    const { ws, outbox } = this.#accepted();
    if (ws.readyState !== WebSocket.OPEN) throw this.#disconnect();
    if (this.#rooms !== undefined) for (const room of this.#rooms) room.settle(this);
    this.#options.tally.delivered += 1;
    outbox.push(frame);
  }

  /** @returns whether the socket was closed; otherwise the oldest messages are dropped */
  #overflow(): boolean {
    const { tally, slowClients } = this.#options;
    tally.overflows += 1;
    // A driver's protocol would not survive a message that is missing.
    if (slowClients === 'drop-oldest' && this.#driver === undefined) return false;
    const reason = 'Too much waits to be read; retry-after-ms=1000';
    this.dismiss('slow', { code: CLOSE.tryAgainLater, reason });
    return true;
  }

  #accepted() {
    if (this.#open !== undefined) return this.#open;
    throw this.#state === 'closed' ? this.#disconnect() : new NotAccepted();
  }

  #disconnect(): Disconnect {
    return new Disconnect(this.#end.code, this.#end.reason);
  }

  readonly #closed = (): void => {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#open?.inbox.end();
    for (const callback of this.#atClose?.splice(0) ?? []) callback();
  };
}

function truncated(reason: string): string {
  if (Buffer.byteLength(reason) <= MOST_REASON_BYTES) return reason;
  return new TextDecoder()
    .decode(Buffer.from(reason).subarray(0, MOST_REASON_BYTES - 2))
    .replace(/\uFFFD$/, '');
}
