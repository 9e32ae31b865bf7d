import { describe, expect, it } from 'vitest';
import { Stream } from '../../../../src/server/channels/broker/stream.ts';

const append = (stream: Stream, values: readonly string[], size: number, now = 0) => {
  for (const value of values) stream.append({ data: Buffer.from(value) }, { size, ttlSeconds: 10 }, now);
};
const textOf = (stream: Stream, now = 0) =>
  stream
    .read({}, now)
    .publications.map(({ offset, data }) => `${offset}${data}`)
    .join(' ');

describe('GIVEN a stream of a channel', () => {
  it('WHEN its size changes THEN it keeps the newest that fit', () => {
    const stream = new Stream();
    append(stream, ['a', 'b', 'c', 'd'], 3);
    append(stream, ['e'], 2);
    expect(textOf(stream)).toBe('4d 5e');
    append(stream, ['f', 'g'], 4);
    expect(textOf(stream)).toBe('4d 5e 6f 7g');
  });

  it('WHEN its time is over THEN it is empty, goes on counting, and its position is forgotten a day later', () => {
    const stream = new Stream();
    append(stream, ['a', 'b'], 3);
    expect(textOf(stream, 9_999)).toBe('1a 2b');
    expect(textOf(stream, 10_000)).toBe('');
    append(stream, ['c'], 3, 20_000);
    expect(textOf(stream, 20_000)).toBe('3c');
    const forgottenAt = 20_000 + 10_000 + 86_400_000;
    expect([stream.forgotten(forgottenAt - 1), stream.forgotten(forgottenAt)]).toEqual([false, true]);
  });

  it('WHEN nothing was ever published THEN its position is forgotten two minutes later', () => {
    const stream = new Stream();
    stream.touch({ size: 3, ttlSeconds: 10 }, 0);
    expect([stream.forgotten(129_999), stream.forgotten(130_000)]).toEqual([false, true]);
  });
});
