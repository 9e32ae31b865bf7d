import { FIN, LENGTH_16, LENGTH_64, OPCODE } from './frame-format.ts';

/** One unmasked frame, ready for the wire. Built once, it is written to any number of sockets. */
export type Frame = Buffer;

/** A ping without a payload. */
export const PING_FRAME: Frame = framed(OPCODE.ping, 0);

/** Frames a text as RFC 6455 has a server do it: final, unmasked, not compressed. */
export function textFrame(text: string): Frame {
  const size = Buffer.byteLength(text);
  const frame = framed(OPCODE.text, size);
  frame.write(text, frame.length - size, 'utf8');
  return frame;
}

/** Frames bytes in the same way. */
export function binaryFrame(bytes: Uint8Array): Frame {
  return framedBytes(OPCODE.binary, bytes);
}

/** The answer to a ping, with its payload. */
export function pongFrame(payload: Uint8Array): Frame {
  return framedBytes(OPCODE.pong, payload);
}

/** A closing frame; without a code it says nothing. The reason holds at most 123 bytes. */
export function closeFrame(code?: number, reason = ''): Frame {
  if (code === undefined) return framed(OPCODE.close, 0);
  const size = 2 + Buffer.byteLength(reason);
  const frame = framed(OPCODE.close, size);
  const start = frame.length - size;
  frame.writeUInt16BE(code, start);
  frame.write(reason, start + 2, 'utf8');
  return frame;
}

function framedBytes(opcode: number, bytes: Uint8Array): Frame {
  const frame = framed(opcode, bytes.length);
  frame.set(bytes, frame.length - bytes.length);
  return frame;
}

/** A frame whose header is written, with room for so many bytes after it. */
function framed(opcode: number, size: number): Frame {
  const head = size < LENGTH_16 ? 2 : size <= 0xffff ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + size);
  frame[0] = FIN | opcode;
  if (head === 2) {
    frame[1] = size;
  } else if (head === 4) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(size, 2);
  } else {
    frame[1] = LENGTH_64;
    frame.writeBigUInt64BE(BigInt(size), 2);
  }
  return frame;
}
