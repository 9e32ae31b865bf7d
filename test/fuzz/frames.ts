import type { Random } from './random.ts';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameOptions {
  readonly fin?: boolean;
  /** The three reserved bits, as the upper half of the first byte has them: 0x10, 0x20, 0x40. */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** Length in the header when it is not the payload's. */
  readonly claimedLength?: number;
}

/** A frame of a client, RFC 6455 section 5.2. */
export function frame(random: Random, opcode: number, payload: Buffer, options: FrameOptions = {}): Buffer {
  const { fin = true, reserved = 0, masked = true, claimedLength = payload.length } = options;
  const first = Buffer.of((fin ? 0x80 : 0) | reserved | opcode);
  const maskBit = masked ? 0x80 : 0;
  let length: Buffer;
  if (claimedLength < 126) length = Buffer.of(maskBit | claimedLength);
  else if (claimedLength <= 0xffff) {
    length = Buffer.of(maskBit | 126, claimedLength >>> 8, claimedLength & 0xff);
  } else {
    length = Buffer.alloc(9);
    length[0] = maskBit | 127;
    length.writeBigUInt64BE(BigInt(claimedLength), 1);
  }
  if (!masked) return Buffer.concat([first, length, payload]);
  const mask = random.bytes(4);
  const scrambled = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([first, length, mask, scrambled]);
}

/** What a client sends, and what RFC 6455 has the server do. */
export interface Conversation {
  readonly messages: Buffer;
  /** Messages that must come back, in this order. */
  readonly echoes: readonly string[];
  /** What ends it. */
  readonly ending: Buffer;
  /**
   * Whether the echoes are waited for before the ending is sent. Otherwise it may come in one piece with the messages,
   * and a server that closes need not answer them any more.
   */
  readonly patient: boolean;
  readonly frames: number;
  /** How it ends: with this code from the server, or by the client going away in the middle. */
  readonly end: { readonly kind: 'close'; readonly code: number } | { readonly kind: 'gone' };
  /** The fault that ends it, for the report. */
  readonly fault: string;
}

export const MOST_BYTES = 4_096;

/** How a conversation can end, each with the close code it must get. */
const FAULTS: Readonly<
  Record<string, readonly [code: number | undefined, make: (random: Random) => Buffer[]]>
> = {
  'normal close': [1000, (random) => [frame(random, OPCODE.close, Buffer.of(0x03, 0xe8))]],
  'close without a code': [1005, (random) => [frame(random, OPCODE.close, Buffer.alloc(0))]],
  'application close': [
    4321,
    (random) => [frame(random, OPCODE.close, Buffer.from([0x10, 0xe1, ...Buffer.from('bye')]))],
  ],
  'reserved bit': [
    1002,
    (random) => [
      frame(random, OPCODE.text, Buffer.from('x'), { reserved: random.pick([0x10, 0x20, 0x40, 0x70]) }),
    ],
  ],
  'reserved opcode': [
    1002,
    (random) => [frame(random, random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), Buffer.from('x'))],
  ],
  'no mask': [1002, (random) => [frame(random, OPCODE.text, Buffer.from('x'), { masked: false })]],
  'long ping': [1002, (random) => [frame(random, OPCODE.ping, random.bytes(126))]],
  'fragmented ping': [1002, (random) => [frame(random, OPCODE.ping, random.bytes(3), { fin: false })]],
  'continuation of nothing': [1002, (random) => [frame(random, OPCODE.continuation, random.bytes(3))]],
  'message within a message': [
    1002,
    (random) => [
      frame(random, OPCODE.text, Buffer.from('a'), { fin: false }),
      frame(random, OPCODE.text, Buffer.from('b')),
    ],
  ],
  'invalid UTF-8': [
    1007,
    (random) => [
      frame(
        random,
        OPCODE.text,
        random.pick([
          Buffer.of(0xff),
          Buffer.of(0xc3, 0x28),
          Buffer.of(0xed, 0xa0, 0x80),
          Buffer.of(0xf4, 0x90, 0x80, 0x80),
          Buffer.of(0xe2, 0x82),
          Buffer.of(0xc0, 0x80),
        ]),
      ),
    ],
  ],
  'invalid UTF-8 over two frames': [
    1007,
    (random) => [
      frame(random, OPCODE.text, Buffer.of(0xe2, 0x82), { fin: false }),
      frame(random, OPCODE.continuation, Buffer.of(0x41)),
    ],
  ],
  'too large': [
    1009,
    (random) => [
      frame(random, OPCODE.binary, Buffer.alloc(0), {
        claimedLength: random.pick([MOST_BYTES + 1, 70_000, 2 ** 33]),
      }),
    ],
  ],
  'too large in pieces': [
    1009,
    (random) => [
      frame(random, OPCODE.text, Buffer.alloc(MOST_BYTES, 'a'), { fin: false }),
      frame(random, OPCODE.continuation, Buffer.from('a')),
    ],
  ],
  'length beyond 2^53': [
    1009,
    (random) => [frame(random, OPCODE.binary, Buffer.alloc(0), { claimedLength: 2 ** 60 })],
  ],
  'close of one byte': [1002, (random) => [frame(random, OPCODE.close, Buffer.of(3))]],
  'close with a code that must not be sent': [
    1002,
    (random) => {
      const code = Buffer.alloc(2);
      code.writeUInt16BE(random.pick([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535]));
      return [frame(random, OPCODE.close, code)];
    },
  ],
  'close with an invalid reason': [
    1007,
    (random) => [frame(random, OPCODE.close, Buffer.of(0x03, 0xe8, 0xff))],
  ],
  'gone in the middle of a frame': [
    undefined,
    (random) => {
      const whole = frame(random, OPCODE.text, Buffer.from(random.text(200)));
      return [whole.subarray(0, random.between(1, whole.length - 1))];
    },
  ],
  'gone in the middle of a message': [
    undefined,
    (random) => [frame(random, OPCODE.text, Buffer.from('a'), { fin: false })],
  ],
  'gone without a word': [undefined, () => []],
};

export const FAULT_NAMES: readonly string[] = Object.keys(FAULTS);

/** Some good messages, each perhaps in fragments with pings between them, then one fault. */
export function conversation(random: Random): Conversation {
  const frames: Buffer[] = [];
  const echoes: string[] = [];
  for (let count = random.between(0, 30); count > 0; count -= 1) {
    const text = random.text(random.chance(0.05) ? random.between(100, 1_000) : random.between(0, 40));
    echoes.push(text);
    frames.push(...message(random, Buffer.from(text)));
  }
  const fault = random.pick(FAULT_NAMES);
  const [code, make] = FAULTS[fault] as (typeof FAULTS)[string];
  const ending = make(random);
  return {
    messages: Buffer.concat(frames),
    echoes,
    ending: Buffer.concat(ending),
    patient: random.chance(0.7),
    frames: frames.length + ending.length,
    end: code === undefined ? { kind: 'gone' } : { kind: 'close', code },
    fault,
  };
}

/** One text message in one frame or in several; a cut may go through a character. */
function message(random: Random, payload: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  let opcode: number = OPCODE.text;
  let rest = payload;
  while (random.chance(0.25)) {
    const cut = random.between(0, rest.length);
    frames.push(frame(random, opcode, rest.subarray(0, cut), { fin: false }));
    if (random.chance(0.3))
      frames.push(
        frame(random, random.pick([OPCODE.ping, OPCODE.pong]), random.bytes(random.between(0, 125))),
      );
    rest = rest.subarray(cut);
    opcode = OPCODE.continuation;
  }
  frames.push(frame(random, opcode, rest));
  return frames;
}
