/** Close codes of RFC 6455, section 7.4.1, that mean something to the client. */
export const CLOSE = { normal: 1000, abnormal: 1006, policy: 1008 } as const;

const APPLICATION_CODES = { first: 3000, last: 4999 };
const MOST_REASON_BYTES = 123;

/** The default rule: neither after 1000 (done), nor after 1008 (refused by policy), where coming back would not help. */
export function reconnectsAfter(code: number): boolean {
  return code !== CLOSE.normal && code !== CLOSE.policy;
}

/** @throws RangeError when a WebSocket would not close with this, whatever its state */
export function checkClose(code: number, reason: string): void {
  const { first, last } = APPLICATION_CODES;
  if (code !== CLOSE.normal && !(code >= first && code <= last)) {
    throw new RangeError(`The close code is ${code}; give ${CLOSE.normal} or ${first} to ${last}`);
  }
  const bytes = new Blob([reason]).size;
  if (bytes > MOST_REASON_BYTES) {
    throw new RangeError(`The close reason has ${bytes} bytes; give at most ${MOST_REASON_BYTES}`);
  }
}
