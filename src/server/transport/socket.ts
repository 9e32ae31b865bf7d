import type { z } from 'zod';

/** A message of a client: a text, or bytes. */
export type Message = string | Buffer;

export interface AcceptOptions {
  /** One of those the client offers. By default none, or the first that is no token when a token came this way. */
  readonly subprotocol?: string;
  /** Further headers of the 101 response. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client's WebSocket as a handler sees it. Iterating over it gives its messages until it is closed. */
export interface Socket extends AsyncIterable<Message> {
  /**
   * Completes the handshake; nothing can be sent or received before.
   *
   * @throws Disconnect when the client has gone meanwhile
   */
  accept(options?: AcceptOptions): Promise<void>;
  /** The subprotocol that was agreed on; empty when there is none. */
  readonly subprotocol: string;
  /**
   * The next message, which must be a text.
   *
   * @throws Disconnect when there is none left and the socket is closed
   * @throws InvalidMessage when it is binary; left uncaught, it closes the socket with 1003
   */
  receiveText(): Promise<string>;
  /** The next message, which must be binary; as `receiveText` otherwise. */
  receiveBytes(): Promise<Buffer>;
  /**
   * The next message, parsed, and checked when there is a schema.
   *
   * @throws InvalidMessage when it is not JSON or does not fit; left uncaught, it closes the socket with 1007
   */
  receiveJson(): Promise<unknown>;
  receiveJson<Schema extends z.ZodType>(schema: Schema): Promise<z.output<Schema>>;
  /** Text messages as they come; ends when the socket is closed. @throws InvalidMessage as `receiveText` */
  texts(): AsyncIterable<string>;
  /**
   * Sends a message. It leaves at the end of the event-loop turn, together with what else is sent in it. For a client
   * that leaves too much unread, `limits.slowClients` decides.
   *
   * @throws Disconnect when the socket is closed
   */
  sendText(text: string): void;
  /** Sends a binary message; as `sendText` otherwise. */
  sendBytes(bytes: Uint8Array): void;
  /** Sends a value as JSON; as `sendText` otherwise. */
  sendJson(value: unknown): void;
  /**
   * Starts the closing handshake; what was sent before still arrives. A reason holds at most 123 bytes. Closing twice,
   * or what the client has closed, does nothing.
   *
   * @param code 1000 by default; 1000–1003, 1007–1014 or 3000–4999
   */
  close(code?: number, reason?: string): void;
}

/** The socket is closed, by either side. A handler need not catch it: it then ends in the normal way. */
export class Disconnect extends Error {
  override readonly name = 'Disconnect';
  /** Close code; 1006 when the connection broke without one. */
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string) {
    super(`The socket is closed (${code}${reason === '' ? '' : ` ${reason}`})`);
    this.code = code;
    this.reason = reason;
  }
}

/** The socket was used before it was accepted. */
export class NotAccepted extends Error {
  override readonly name = 'NotAccepted';

  constructor() {
    super('The socket was not accepted yet: await accept() comes first');
  }
}

/** A message is not what the handler asked for. */
export class InvalidMessage extends Error {
  override readonly name = 'InvalidMessage';
  /** Code that the socket is closed with when a handler does not catch it. */
  readonly closeCode: number;

  constructor(closeCode: number, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.closeCode = closeCode;
  }
}
