import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, type FrameSink } from '../../../../src/server/websocket/frame-reader.ts';
import { Receiver } from './ws-receiver.ts';

const MOST_BYTES = 2_000;

/** What came of some bytes, in the order in which it was told. */
class Recorder implements FrameSink {
  readonly told: (readonly [string, ...(string | number)[]])[] = [];
  readonly #takes: () => boolean;

  constructor(takes: () => boolean = () => true) {
    this.#takes = takes;
  }

  text(text: string): boolean {
    this.told.push(['text', text]);
    return this.#takes();
  }

  binary(bytes: Buffer): boolean {
    this.told.push(['binary', bytes.toString('hex')]);
    return this.#takes();
  }

  ping(payload: Buffer): boolean {
    this.told.push(['ping', payload.toString('hex')]);
    return this.#takes();
  }

  pong(): boolean {
    this.told.push(['pong']);
    return this.#takes();
  }

  part(): boolean {
    return this.#takes();
  }

  ended(code: number, reason: string): void {
    this.told.push(['ended', code, reason]);
  }

  broken(code: number): void {
    this.told.push(['broken', code]);
  }
}

interface Part {
  readonly head: number;
  readonly payload: Uint8Array;
  readonly mask: Uint8Array;
  readonly masked: boolean;
}

function frame({ head, payload, mask, masked }: Part): Buffer {
  const bit = masked ? 0x80 : 0;
  const { length } = payload;
  const header =
    length < 126
      ? [head, bit | length]
      : length <= 0xffff
        ? [head, bit | 126, length >> 8, length & 0xff]
        : [head, bit | 127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff];
  const body = masked ? payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)) : payload;
  return Buffer.concat([Buffer.from(header), ...(masked ? [mask] : []), body]);
}

const payloads = fc.oneof(
  fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)),
  fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 140 }),
  fc.uint8Array({ minLength: 700, maxLength: 900 }),
);
const masks = fc.uint8Array({ minLength: 4, maxLength: 4 });
const usual = fc.constantFrom(0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a);
const part = (heads: fc.Arbitrary<number>) =>
  fc.record({
    head: heads,
    payload: payloads,
    mask: masks,
    masked: fc.integer({ max: 40 }).map((chance) => chance !== 0),
  });
const closing = fc
  .tuple(fc.constantFrom(1000, 1001, 1004, 1005, 1006, 1011, 1015, 2999, 3000, 4999, 5000, 0), payloads)
  .map(([code, reason]) => Buffer.concat([Buffer.from([code >> 8, code & 0xff]), reason.subarray(0, 123)]));
const end = fc.oneof(
  fc.record({ head: fc.constant(0x88), payload: closing, mask: masks, masked: fc.constant(true) }),
  part(fc.nat({ max: 255 })),
);
const conversations = fc
  .tuple(fc.array(part(usual), { maxLength: 12 }), end)
  .map(([parts, last]) => Buffer.concat([...parts, last].map(frame)));

/** The same bytes, cut where the numbers say. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((to, index) => Buffer.from(bytes.subarray(at[index], to)));
}

function readBy(chunks: readonly Buffer[], takes?: () => boolean): Recorder['told'] {
  const sink = new Recorder(takes);
  const reader = new FrameReader(sink, MOST_BYTES);
  for (const chunk of chunks) reader.read(chunk);
  while (!reader.resume());
  return sink.told;
}

/** The same by another implementation: the one of the `ws` package. */
function readByWs(bytes: Buffer): Promise<Recorder['told']> {
  const told: Recorder['told'] = [];
  const options = { isServer: true, maxPayload: MOST_BYTES, allowSynchronousEvents: true };
  const receiver = new Receiver(options);
  return new Promise((resolve) => {
    receiver.on('message', (data: Buffer, binary: boolean) =>
      told.push(binary ? ['binary', data.toString('hex')] : ['text', data.toString()]),
    );
    receiver.on('ping', (data: Buffer) => told.push(['ping', data.toString('hex')]));
    receiver.on('pong', () => told.push(['pong']));
    receiver.on('conclude', (code: number, reason: Buffer) => told.push(['ended', code, reason.toString()]));
    receiver.on('error', (error: Error) => {
      const code = (error as unknown as Record<symbol, number>)[
        Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code') as symbol
      ];
      told.push(['broken', code as number]);
    });
    receiver.on('close', () => resolve(told));
    receiver.write(Buffer.from(bytes), () => setImmediate(() => receiver.destroy()));
  });
}

describe('GIVEN what clients may send, right or wrong', () => {
  it('WHEN it is read THEN it says what another implementation reads', async () => {
    await fc.assert(
      fc.asyncProperty(conversations, async (bytes) => {
        expect(readBy([Buffer.from(bytes)])).toEqual(await readByWs(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('WHEN it comes in pieces, and the sink stops whenever it likes THEN nothing changes', () => {
    fc.assert(
      fc.property(
        conversations,
        fc.array(fc.nat(), { maxLength: 30 }),
        fc.infiniteStream(fc.boolean()),
        (bytes, cuts, takes) => {
          const whole = readBy([Buffer.from(bytes)]);
          expect(readBy(pieces(bytes, cuts), () => takes.next().value as boolean)).toEqual(whole);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('WHEN the sink stops THEN it is told nothing before it goes on, whatever comes', () => {
    const sink = new Recorder(() => false);
    const reader = new FrameReader(sink, MOST_BYTES);
    const mask = Uint8Array.of(1, 2, 3, 4);
    const texts = ['one', 'two', 'three'].map((text) =>
      frame({ head: 0x81, payload: Buffer.from(text), mask, masked: true }),
    );
    expect(reader.read(texts[0] as Buffer)).toBe(false);
    expect(reader.read(Buffer.concat(texts.slice(1)))).toBe(false);
    expect(sink.told).toEqual([['text', 'one']]);
    expect([reader.resume(), sink.told.length]).toEqual([false, 2]);
    expect([reader.resume(), sink.told.length]).toEqual([false, 3]);
    expect([reader.resume(), sink.told.length]).toEqual([true, 3]);
  });

  it('WHEN a length is more than a message may have THEN it is refused before the message comes', () => {
    const heads = [
      [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      [0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0],
      [0x82, 0xfe, 0x07, 0xd1],
    ];
    for (const head of heads) expect(readBy([Buffer.from(head)])).toEqual([['broken', 1009]]);
  });
});
