import type { z } from 'zod';
import type { Link } from '../../platform/linked-list.ts';
import type { Tally } from '../observability/tally.ts';
import type { MessagePace } from '../pace/message-pace.ts';
import type { LocalRoom, Member } from '../rooms/local-room.ts';
import { CLOSE } from '../websocket/close.ts';
import { binaryFrame, type Frame, textFrame } from '../websocket/frame.ts';
import type { WebSocket, WebSocketOwner } from '../websocket/web-socket.ts';
import type { Driver, Farewell, Occasion } from './driver.ts';
import type { Handshake } from './handshake.ts';
import { Inbox } from './inbox.ts';
import { Messages } from './messages.ts';
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
export class Connection implements Socket, Member, WebSocketOwner {
  /** Where it is among all connections, which set this; and when they ping it next, in milliseconds of the process. */
  place: Link<Connection> | undefined;
  pingAt = 0;
  readonly #handshake: Handshake;
  readonly #options: ConnectionOptions;
  /** How often the client may send; as often as it likes when undefined. */
  readonly #pace: MessagePace | undefined;
  #rooms: Set<LocalRoom> | undefined;
  #atClose: readonly ((connection: Connection) => void)[] | undefined;
  #state: 'asked' | 'accepted' | 'refused' | 'closed' = 'asked';
  #open: { readonly socket: WebSocket; readonly inbox: Inbox; readonly outbox: Outbox } | undefined;
  #driver: Driver | undefined;
  #heard = true;
  #end: Farewell = NOT_ENDED;

  constructor(handshake: Handshake, options: ConnectionOptions, pace?: MessagePace) {
    this.#handshake = handshake;
    this.#options = options;
    this.#pace = pace;
    handshake.wire.on('close', this.#closed);
  }

  get state(): 'asked' | 'accepted' | 'refused' | 'closed' {
    return this.#state;
  }

  get subprotocol(): string {
    return this.#open?.socket.subprotocol ?? '';
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
      const socket = this.#handshake.complete(options, this);
      // From here on the socket tells of the end, after the last message was read.
      this.#handshake.wire.off('close', this.#closed);
      this.#open = { socket, inbox: new Inbox(socket), outbox: new Outbox(socket, this.#options, this) };
    } catch (error) {
      // Nothing was sent yet, so it can still be refused.
      if (this.#state === 'accepted') this.#state = 'asked';
      throw error;
    }
  }

  received(message: Message): void {
    this.#heard = true;
    this.#options.tally.received += 1;
    if (this.#pace?.take() === false) {
      this.dismiss('flood', { code: CLOSE.policy, reason: 'Too many messages' });
      return;
    }
    if (this.#driver === undefined) this.#open?.inbox.push(message);
    else this.#driver.receive(message);
  }

  heard(): void {
    this.#heard = true;
  }

  ending(code: number, reason: string): void {
    this.#end = { code, reason };
  }

  closed(code: number, reason: string): void {
    this.#options.tally.closed(code);
    this.#end = { code, reason };
    this.#closed();
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

  texts(): AsyncIterableIterator<string, undefined, void> {
    return new Messages(this.#accepted().inbox, true) as AsyncIterableIterator<string, undefined, void>;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Message, undefined, void> {
    return new Messages(this.#accepted().inbox, false);
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
    const { socket, outbox } = this.#open;
    if (!socket.open) return;
    if (this.#rooms !== undefined) for (const room of this.#rooms) room.settle(this);
    outbox.flush();
    this.#end = { code, reason };
    socket.close(code, truncated(reason));
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
    this.#open?.socket.pause();
  }

  resume(): void {
    this.#open?.socket.resume();
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

  /** Its handler has returned: what still comes is read to be forgotten, so that the client's close is seen. */
  release(): void {
    this.#open?.inbox.discard();
  }

  /** Ends the connection without waiting for the client. */
  terminate(): void {
    if (this.#open === undefined) this.#handshake.wire.destroy();
    else this.#open.socket.terminate();
  }

  /** Sends a ping; false when nothing was heard from the client since the last one. */
  ping(): boolean {
    if (this.#open?.socket.open !== true) return true;
    if (this.#driver !== undefined) return this.#driver.ping();
    // What a handler is too slow to read keeps the pong from being read as well.
    if (!this.#heard && !this.#open.inbox.paused) return false;
    this.#heard = false;
    this.#open.socket.sendPing();
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
  onClose(callback: (connection: Connection) => void): void {
    if (this.#state === 'closed') {
      callback(this);
      return;
    }
    // Two or three: a list that grows in place would have room for seventeen.
    this.#atClose = [...(this.#atClose ?? []), callback];
  }

  async #receive(): Promise<Message> {
    const { value } = await this.#accepted().inbox.next();
    if (value === undefined) throw this.#disconnect();
    return value;
  }

  #send(frame: Frame): void {
    const { socket, outbox } = this.#accepted();
    if (!socket.open) throw this.#disconnect();
    if (this.#rooms !== undefined) for (const room of this.#rooms) room.settle(this);
    this.#options.tally.delivered += 1;
    outbox.push(frame);
  }

  /** Asked by its outbox. @returns whether the socket was closed; otherwise the oldest messages are dropped */
  overflow(): boolean {
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
    const callbacks = this.#atClose ?? [];
    this.#atClose = undefined;
    for (const callback of callbacks) callback(this);
  };
}

function truncated(reason: string): string {
  if (Buffer.byteLength(reason) <= MOST_REASON_BYTES) return reason;
  return new TextDecoder()
    .decode(Buffer.from(reason).subarray(0, MOST_REASON_BYTES - 2))
    .replace(/\uFFFD$/, '');
}
