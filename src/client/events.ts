/** What can be sent: a string goes as a text message, anything else as a binary one. */
export type SocketData = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;

/** What binary messages come as, by `binaryType`. */
export interface BinaryTypes {
  arraybuffer: ArrayBuffer;
  blob: Blob;
}

/**
 * - `connecting`: an attempt is under way
 * - `open`: connected
 * - `waiting`: the next attempt follows after a delay
 * - `offline`: the browser has no network; the next attempt follows once it has
 * - `closed`: over, for good
 */
export type SocketState = 'connecting' | 'open' | 'waiting' | 'offline' | 'closed';

/** Why a connection ended, or could not be made. */
export interface Loss {
  /** The close code; 1006 where there was none. */
  readonly code: number;
  /** The server's reason, or the client's own where there was no connection. */
  readonly reason: string;
  /** What the url function threw, where that is why. */
  readonly cause?: unknown;
}

export interface SocketEvents<Type extends keyof BinaryTypes = 'arraybuffer'> {
  /** Every change of the state. */
  state: SocketState;
  /** A text message of the server. */
  message: string;
  /** A binary message of the server. */
  binary: BinaryTypes[Type];
  /** The connection is lost or could not be made; the next attempt (from 1) follows after the delay. */
  reconnecting: Loss & { readonly attempt: number; readonly delayMs: number };
  /**
   * A message that will not be sent: `overflow`, since the queue had no room for it or is off; `closed`, since the
   * socket is closed.
   */
  dropped: { readonly data: SocketData; readonly reason: 'overflow' | 'closed' };
  /** It is over: closed by either side for good, or out of retries. Nothing follows. */
  close: Loss;
}
