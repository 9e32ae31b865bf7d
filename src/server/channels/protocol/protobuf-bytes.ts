import { MalformedMessage } from './malformed.ts';

/** How the value of a field is laid out: the low three bits of its tag. */
export const WIRE = { varint: 0, fixed64: 1, chunk: 2, fixed32: 5 } as const;

const TWO_64 = 2n ** 64n;
const MOST_VARINT_BYTES = 10;

/** Reads the primitives of Protobuf one after the other. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Number of the next field, and how it is laid out. */
  tag(): readonly [number, number] {
    const tag = this.unsigned();
    const number = Math.floor(tag / 8);
    if (number === 0) throw new MalformedMessage();
    return [number, tag % 8];
  }

  unsigned(): number {
    const value = this.#varint();
    if (value > Number.MAX_SAFE_INTEGER) throw new MalformedMessage();
    return Number(value);
  }

  signed(): number {
    return Number(BigInt.asIntN(64, BigInt(this.#varint())));
  }

  /** Bytes that their length goes before; they share memory with what is read. */
  chunk(): Buffer {
    const length = this.unsigned();
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new MalformedMessage();
    return this.#bytes.subarray(start, this.#at);
  }

  skip(wire: number): void {
    if (wire === WIRE.varint) this.#varint();
    else if (wire === WIRE.chunk) this.chunk();
    else if (wire === WIRE.fixed32) this.#at += 4;
    else if (wire === WIRE.fixed64) this.#at += 8;
    else throw new MalformedMessage();
    if (this.#at > this.#bytes.length) throw new MalformedMessage();
  }

  /** A number where it is exact, which it is up to seven bytes. */
  #varint(): number | bigint {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 7; count += 1) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
    let long = BigInt(value);
    for (let count = 7; count < MOST_VARINT_BYTES; count += 1) {
      const byte = this.#byte();
      long += BigInt(byte & 0x7f) << BigInt(7 * count);
      if (byte < 0x80) return long % TWO_64;
    }
    throw new MalformedMessage();
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new MalformedMessage();
    this.#at += 1;
    return byte;
  }
}

/** Collects fields. */
export class ByteWriter {
  readonly #parts: Buffer[] = [];

  number(field: number, value: number): void {
    this.#parts.push(varint(field * 8 + WIRE.varint), varint(value));
  }

  chunk(field: number, bytes: Buffer): void {
    this.#parts.push(varint(field * 8 + WIRE.chunk), varint(bytes.length), bytes);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

const SHORT = Array.from({ length: 0x80 }, (_, value) => Buffer.from([value]));

/** A number below zero takes ten bytes, as 64-bit two's complement. */
export function varint(value: number): Buffer {
  const short = SHORT[value];
  if (short !== undefined) return short;
  const bytes: number[] = [];
  if (value < 0) {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
  } else {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
    bytes.push(rest);
  }
  return Buffer.from(bytes);
}
