/**
 * What a certificate is written with.
 *
 * @see https://www.itu.int/rec/T-REC-X.690 for the encoding
 */
const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, bytes: 0x04, oid: 0x06, text: 0x0c };
const TIME = { short: 0x17, long: 0x18 };
const SEQUENCE = 0x30;
const SET = 0x31;

export const sequence = (...parts: readonly Buffer[]): Buffer => element(SEQUENCE, Buffer.concat(parts));
export const set = (...parts: readonly Buffer[]): Buffer => element(SET, Buffer.concat(parts));
export const text = (value: string): Buffer => element(TAG.text, Buffer.from(value));
export const bytes = (value: Buffer): Buffer => element(TAG.bytes, value);
export const truth = (): Buffer => element(TAG.boolean, Buffer.of(0xff));

/** An element of a choice, of which the tag says the case. */
export const tagged = (tag: number, value: Buffer): Buffer => element(tag, value);

/** Bits, the last of them unused. */
export const bits = (value: Buffer, unused = 0): Buffer =>
  element(TAG.bits, Buffer.concat([Buffer.of(unused), value]));

/** A whole number of 0 or more, in big-endian bytes. */
export function integer(value: Buffer): Buffer {
  const first = value[0] ?? 0;
  // The first bit is the sign.
  return element(TAG.integer, first > 0x7f ? Buffer.concat([Buffer.of(0), value]) : value);
}

/** A time to the second, with two digits of the year before 2050 and four after, as certificates are to have it. */
export function time(at: Date): Buffer {
  const digits = `${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return at.getUTCFullYear() < 2050
    ? element(TIME.short, Buffer.from(digits.slice(2)))
    : element(TIME.long, Buffer.from(digits));
}

/** An object identifier, written with dots. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): readonly number[] {
  const septets = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
    septets.unshift(128 + (left % 128));
  return septets;
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
