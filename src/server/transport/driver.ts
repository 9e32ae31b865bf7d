import type { Message } from './socket.ts';

/** How a connection is closed. */
export interface Farewell {
  /** WebSocket close code. */
  readonly code: number;
  readonly reason: string;
}

/** What makes the server itself close a connection. */
export type Occasion = 'drain' | 'slow' | 'flood' | 'expired' | 'dead';

/**
 * Serves a connection by callbacks, in place of a handler that waits for messages: for a protocol of its own that has many
 * clients with nothing to do.
 */
export interface Driver {
  /** The codes that its protocol has for what the server closes connections for. */
  readonly farewells: Readonly<Record<Occasion, Farewell>>;
  receive(message: Message): void;
  /** Sends a ping of its protocol; false when the last one was not answered. */
  ping(): boolean;
  /** The connection is gone. */
  ended(): void;
}
