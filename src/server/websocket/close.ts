/** WebSocket close codes the server uses (RFC 6455 and the IANA registry). */
export const CLOSE = {
  normal: 1000,
  protocolError: 1002,
  unsupportedData: 1003,
  /** Never sent: the closing frame held no code. */
  noStatus: 1005,
  /** Never sent: there was no closing frame. */
  abnormal: 1006,
  invalidData: 1007,
  policy: 1008,
  messageTooBig: 1009,
  internalError: 1011,
  serviceRestart: 1012,
  tryAgainLater: 1013,
  /** Of the range for applications: with a newer token the client may come back, which 1008 would tell it not to. */
  tokenExpired: 4401,
} as const;
