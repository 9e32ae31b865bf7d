import type { Farewell } from '../../transport/driver.ts';

/**
 * Codes of the protocol, as its public documentation lists them: errors answer a command, an unsubscribe code ends one
 * subscription, a disconnect code ends the connection and is the close code of the WebSocket.
 */

/** Answers a command; the connection stays. Applications take codes from 400 to 1999. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
  readonly code: number;
  /** Whether the client may try again by itself. */
  readonly temporary: boolean;

  constructor(code: number, message: string, temporary = false) {
    super(message);
    this.code = code;
    this.temporary = temporary;
  }
}

export const ERROR = {
  internal: new ReplyError(100, 'internal server error', true),
  unauthorized: new ReplyError(101, 'unauthorized'),
  unknownChannel: new ReplyError(102, 'unknown channel'),
  permissionDenied: new ReplyError(103, 'permission denied'),
  methodNotFound: new ReplyError(104, 'method not found'),
  alreadySubscribed: new ReplyError(105, 'already subscribed'),
  limitExceeded: new ReplyError(106, 'limit exceeded'),
  badRequest: new ReplyError(107, 'bad request'),
  notAvailable: new ReplyError(108, 'not available'),
  tokenExpired: new ReplyError(109, 'token expired'),
  expired: new ReplyError(110, 'expired'),
  tooManyRequests: new ReplyError(111, 'too many requests', true),
  unrecoverablePosition: new ReplyError(112, 'unrecoverable position'),
} as const;

/** The client subscribes again by itself after codes from 2500 on. Applications take 2100 to 2499 and 2600 to 2999. */
export const UNSUBSCRIBE = {
  server: { code: 2000, reason: 'server unsubscribe' },
  insufficientState: { code: 2500, reason: 'insufficient state' },
  expired: { code: 2501, reason: 'subscription expired' },
} as const satisfies Record<string, Farewell>;

/**
 * The client connects again by itself, but for codes from 3500 to 3999 and from 4500 to 4999, which are final.
 * Applications take 4000 to 4999.
 */
export const DISCONNECT = {
  closed: { code: 3000, reason: 'connection closed' },
  shutdown: { code: 3001, reason: 'shutdown' },
  serverError: { code: 3004, reason: 'internal server error' },
  expired: { code: 3005, reason: 'connection expired' },
  subscriptionExpired: { code: 3006, reason: 'subscription expired' },
  slow: { code: 3008, reason: 'slow' },
  insufficientState: { code: 3010, reason: 'insufficient state' },
  forceReconnect: { code: 3011, reason: 'force reconnect' },
  noPong: { code: 3012, reason: 'no pong' },
  tooManyRequests: { code: 3013, reason: 'too many requests' },
  invalidToken: { code: 3500, reason: 'invalid token' },
  badRequest: { code: 3501, reason: 'bad request' },
  stale: { code: 3502, reason: 'stale' },
  forceNoReconnect: { code: 3503, reason: 'force disconnect' },
  inappropriateProtocol: { code: 3506, reason: 'inappropriate protocol' },
  notAvailable: { code: 3508, reason: 'not available' },
} as const satisfies Record<string, Farewell>;

/** Ends the connection that a command came over. Thrown by a hook, it ends that of the client. */
export class DisconnectClient extends Error {
  override readonly name = 'DisconnectClient';
  readonly farewell: Farewell;

  constructor(farewell: Farewell) {
    super(farewell.reason);
    this.farewell = farewell;
  }
}
