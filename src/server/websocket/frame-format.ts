/** How frames are laid out: https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */

/** Bit of the first byte: no other frame of the message follows. */
export const FIN = 0x80;
/** What a frame is, in the lower half of the first byte. */
export const OPCODE = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;
/** In place of a length in the second byte: two bytes follow that hold it, or eight. */
export const LENGTH_16 = 126;
export const LENGTH_64 = 127;
