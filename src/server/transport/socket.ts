/** A client's WebSocket as a handler sees it. */
export interface Socket {
  /**
   * Completes the handshake; nothing can be sent or received before.
   *
   * @throws SocketClosed when the client has gone meanwhile
   */
  accept(): Promise<void>;
  /** Answers the handshake with an HTTP status instead of accepting it, for example 403. */
  reject(status: number, reason: string): void;
  /**
   * The next message.
   *
   * @throws SocketClosed when there is none left and the socket is closed
   */
  receiveText(): Promise<string>;
  /**
   * The next message, parsed.
   *
   * @throws InvalidJson when it is not JSON; left uncaught, it closes the socket with 1007
   */
  receiveJson(): Promise<unknown>;
  /** Messages as they come; ends when the socket is closed. */
  texts(): AsyncIterable<string>;
  /**
   * Sends a message. It leaves at the end of the event-loop turn, together with what else is sent in it. On a closed
   * socket nothing happens; a client that leaves more than `limits.queueBytes` unread is closed with 1013.
   */
  sendText(text: string): void;
  /** Sends a value as JSON; as `sendText` otherwise. */
  sendJson(value: unknown): void;
  /** Starts the closing handshake; what was sent before still arrives. A reason holds at most 123 bytes. */
  close(code?: number, reason?: string): void;
}

/** The socket was closed while a handler waited for a message. A handler need not catch it. */
export class SocketClosed extends Error {
  override readonly name = 'SocketClosed';

  constructor() {
    super('The socket is closed');
  }
}

/** A message was to be JSON and is not. */
export class InvalidJson extends Error {
  override readonly name = 'InvalidJson';

  constructor() {
    super('The message is not valid JSON');
  }
}
