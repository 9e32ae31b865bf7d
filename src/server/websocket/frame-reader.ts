import { isUtf8 } from 'node:buffer';
import { CLOSE } from './close.ts';
import { FIN, LENGTH_16, OPCODE } from './frame-format.ts';

/** Takes what a client sends, in its order. */
export interface FrameSink {
  /** A message that is whole. @returns whether another may follow right now; if not, `FrameReader.resume` asks for it */
  text(text: string): boolean;
  /** As `text`; the bytes are the sink's. */
  binary(bytes: Buffer): boolean;
  ping(payload: Buffer): boolean;
  pong(): boolean;
  /** So many bytes of a message that goes on. */
  part(length: number): boolean;
  /** The client's closing frame, 1005 when it says nothing. It is the last call. */
  ended(code: number, reason: string): void;
  /** The client breaks the protocol, for which RFC 6455 has the code. It is the last call. */
  broken(code: number, reason: string): void;
}

/** The other bits of the first byte, and the highest one of the second. */
const RESERVED = 0x70;
const OPCODE_BITS = 0x0f;
const MASKED = 0x80;

const MASK_BYTES = 4;
const MOST_CONTROL_BYTES = 125;
/** The highest bit of each byte of a word: set in none of ASCII. */
const NOT_ASCII = 0x80808080 | 0;

/**
 * Reads the frames of one client: masked, without extensions. Nothing is held between messages, as most clients are silent
 * most of the time; and a message that came in one chunk is read where it lies.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #mostBytes: number;
  /** What has come and was not read yet: too little of a frame, or more than the sink takes. */
  #waiting: Pile | undefined;
  /** Bytes that must wait before it is worth looking. */
  #needed = 0;
  #stopped = false;
  /** The message that has begun and not ended, and whether it is a text. */
  #begun: Pile | undefined;
  #begunText = false;
  #over = false;

  /** @param mostBytes of a message; 1009 is for those that are longer */
  constructor(sink: FrameSink, mostBytes: number) {
    this.#sink = sink;
    this.#mostBytes = mostBytes;
  }

  /** Takes the next bytes, which it may change. @returns whether the sink takes more */
  read(chunk: Buffer): boolean {
    if (this.#over) return true;
    if (this.#waiting === undefined && !this.#stopped) return this.#parse(chunk);
    if (this.#waiting === undefined) this.#waiting = Pile.copyOf(chunk);
    else this.#waiting.add(chunk);
    if (this.#stopped) return false;
    return this.#waiting.length < this.#needed || this.#parseWaiting();
  }

  /** Goes on with what the sink did not take before. @returns whether it takes more now */
  resume(): boolean {
    if (!this.#stopped) return true;
    this.#stopped = false;
    return this.#parseWaiting();
  }

  #parseWaiting(): boolean {
    const waiting = this.#waiting?.bytes;
    this.#waiting = undefined;
    return this.#over || waiting === undefined || this.#parse(waiting);
  }

  #parse(bytes: Buffer): boolean {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const end = bytes.length;
    let at = 0;
    let more = true;
    while (more && !this.#over) {
      if (end - at < 2) return this.#wait(bytes, at, 2);
      const head = view.getUint8(at);
      const second = view.getUint8(at + 1);
      const wrong = this.#wrongHead(head, second);
      if (wrong !== undefined) return this.#broken(CLOSE.protocolError, wrong);
      let length = second & ~MASKED;
      let start = at + 2;
      if (length >= LENGTH_16) {
        start += length === LENGTH_16 ? 2 : 8;
        if (end < start) return this.#wait(bytes, at, start - at);
        length = length === LENGTH_16 ? view.getUint16(at + 2) : Number(view.getBigUint64(at + 2));
      }
      if ((head & OPCODE_BITS) < OPCODE.close && length + (this.#begun?.length ?? 0) > this.#mostBytes) {
        return this.#broken(CLOSE.messageTooBig, 'The message is too long');
      }
      start += MASK_BYTES;
      if (end - start < length) return this.#wait(bytes, at, start - at + length);
      at = start + length;
      const ascii = (unmask(view, start, at) & NOT_ASCII) === 0;
      more = this.#take(head, bytes, start, at, ascii);
    }
    if (this.#over) return true;
    this.#stopped = true;
    // The chunk itself is kept: to copy the rest at each stop would cost more than to read it.
    if (at < end) this.#waiting = Pile.of(bytes.subarray(at));
    this.#needed = 0;
    return false;
  }

  #wrongHead(head: number, second: number): string | undefined {
    if ((head & RESERVED) !== 0) return 'A reserved bit is set';
    if ((second & MASKED) === 0) return 'A frame is not masked';
    switch (head & OPCODE_BITS) {
      case OPCODE.continuation:
        return this.#begun === undefined ? 'Nothing is there to be continued' : undefined;
      case OPCODE.text:
      case OPCODE.binary:
        return this.#begun === undefined ? undefined : 'A message begins within another';
      case OPCODE.close:
      case OPCODE.ping:
      case OPCODE.pong: {
        if ((head & FIN) === 0) return 'A control frame is fragmented';
        const length = second & ~MASKED;
        if (length > MOST_CONTROL_BYTES) return 'A control frame is too long';
        return (head & OPCODE_BITS) === OPCODE.close && length === 1 ? 'Half of a close code' : undefined;
      }
      default:
        return 'The opcode is unknown';
    }
  }

  /** Takes one whole frame, unmasked. */
  #take(head: number, bytes: Buffer, start: number, end: number, ascii: boolean): boolean {
    if (head === (FIN | OPCODE.text)) return this.#text(bytes, start, end, ascii);
    const payload = bytes.subarray(start, end);
    switch (head & OPCODE_BITS) {
      case OPCODE.ping:
        return this.#sink.ping(payload);
      case OPCODE.pong:
        return this.#sink.pong();
      case OPCODE.close:
        return this.#ended(payload);
      default:
    }
    if (head === (FIN | OPCODE.binary)) return this.#sink.binary(payload);
    if (this.#begun === undefined) {
      this.#begun = Pile.copyOf(payload);
      this.#begunText = (head & OPCODE_BITS) === OPCODE.text;
    } else {
      this.#begun.add(payload);
    }
    if ((head & FIN) === 0) return this.#sink.part(payload.length);
    const { bytes: message } = this.#begun;
    this.#begun = undefined;
    return this.#begunText ? this.#text(message, 0, message.length, false) : this.#sink.binary(message);
  }

  #text(bytes: Buffer, start: number, end: number, ascii: boolean): boolean {
    if (ascii) return this.#sink.text(bytes.toString('latin1', start, end));
    if (!isUtf8(bytes.subarray(start, end))) return this.#broken(CLOSE.invalidData, 'A text is not UTF-8');
    return this.#sink.text(bytes.toString('utf8', start, end));
  }

  #ended(payload: Buffer): boolean {
    if (payload.length === 0) {
      this.#over = true;
      this.#sink.ended(CLOSE.noStatus, '');
      return true;
    }
    const code = payload.readUInt16BE();
    if (!mayBeSent(code)) return this.#broken(CLOSE.protocolError, 'The close code is not one to be sent');
    const reason = payload.subarray(2);
    if (!isUtf8(reason)) return this.#broken(CLOSE.invalidData, 'The reason of the close is not UTF-8');
    this.#over = true;
    this.#sink.ended(code, reason.toString());
    return true;
  }

  #broken(code: number, reason: string): true {
    this.#over = true;
    this.#sink.broken(code, reason);
    return true;
  }

  /** Keeps what is left until there are so many bytes of it. */
  #wait(bytes: Buffer, at: number, needed: number): true {
    // No room for much more than has come: a client may announce what it never sends.
    const room = Math.min(needed, 2 * (bytes.length - at));
    if (at < bytes.length) this.#waiting = Pile.copyOf(bytes.subarray(at), room);
    this.#needed = needed;
    return true;
  }
}

/** Bytes that are added to, in memory of their own that doubles: a message in many pieces costs no more than in a few. */
class Pile {
  length: number;
  #room: Buffer;

  private constructor(room: Buffer, length: number) {
    this.#room = room;
    this.length = length;
  }

  /** Begins in these bytes themselves, of which nobody else must know. */
  static of(bytes: Buffer): Pile {
    return new Pile(bytes, bytes.length);
  }

  /** @param most bytes that it has room for, if they are more than these */
  static copyOf(bytes: Buffer, most = 0): Pile {
    const room = Buffer.allocUnsafeSlow(Math.max(most, bytes.length));
    bytes.copy(room);
    return new Pile(room, bytes.length);
  }

  get bytes(): Buffer {
    return this.#room.subarray(0, this.length);
  }

  add(more: Buffer): void {
    const length = this.length + more.length;
    if (length > this.#room.length) {
      const room = Buffer.allocUnsafeSlow(Math.max(length, this.#room.length * 2));
      this.#room.copy(room, 0, 0, this.length);
      this.#room = room;
    }
    more.copy(this.#room, this.length);
    this.length = length;
  }
}

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4 and the IANA registry of close codes. */
function mayBeSent(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== CLOSE.noStatus && code !== CLOSE.abnormal) ||
    (code >= 3000 && code <= 4999)
  );
}

/** Takes the mask off, which stands before the payload. @returns all words that came out, or-ed */
function unmask(view: DataView, start: number, end: number): number {
  const mask = view.getInt32(start - MASK_BYTES, true);
  let all = 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word = view.getInt32(at, true) ^ mask;
    view.setInt32(at, word, true);
    all |= word;
  }
  for (let shift = 0; at < end; at += 1, shift += 8) {
    const byte = view.getUint8(at) ^ ((mask >>> shift) & 0xff);
    view.setUint8(at, byte);
    all |= byte;
  }
  return all;
}
