import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SocketData } from '../../../src/client/index.ts';
import { SendQueue } from '../../../src/client/send-queue.ts';

const limits = { messages: 100, bytes: 10, overflow: 'refuse' } as const;

describe('GIVEN a queue bounded in bytes', () => {
  it('WHEN text is not ASCII THEN its bytes count as UTF-8', () => {
    const queue = new SendQueue(limits);
    expect(queue.add('ééé')).toEqual({ queued: true, dropped: [] });
    expect(queue.bytes).toBe(6);
    expect(queue.add('éé!')).toEqual({ queued: false, dropped: ['éé!'] });
    expect(queue.take()).toEqual(['ééé']);
    expect([queue.bytes, queue.take()]).toEqual([0, []]);
  });

  it('WHEN one message alone is too large THEN it is refused and none makes way for it', () => {
    const queue = new SendQueue({ ...limits, overflow: 'drop-oldest' });
    queue.add('one');
    expect(queue.add('more than ten bytes')).toEqual({ queued: false, dropped: ['more than ten bytes'] });
    expect(queue.take()).toEqual(['one']);
  });

  it('WHEN the oldest give way THEN as many do as are needed', () => {
    const queue = new SendQueue({ ...limits, overflow: 'drop-oldest' });
    for (const text of ['1234', '5678', '90']) queue.add(text);
    expect(queue.add('abcdef')).toEqual({ queued: true, dropped: ['1234', '5678'] });
    expect(queue.take()).toEqual(['90', 'abcdef']);
  });
});

describe('GIVEN a queue with a bytes message', () => {
  it.each<[string, (buffer: ArrayBuffer) => SocketData, SocketData]>([
    ['a buffer', (buffer) => buffer, new Uint8Array([1, 2, 3, 4]).buffer],
    ['a view', (buffer) => new DataView(buffer, 1, 2), new Uint8Array([2, 3])],
  ])('WHEN %s is overwritten afterwards THEN what was sent is kept', (_, send, kept) => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    const queue = new SendQueue(limits);
    queue.add(send(bytes.buffer));
    bytes.fill(0);
    expect(queue.take()).toEqual([kept]);
  });
});

describe('GIVEN any queue', () => {
  it('WHEN anything is sent THEN each message is kept in order or told as dropped, within the bounds', () => {
    const anyLimits = fc.record({
      messages: fc.nat(5),
      bytes: fc.nat(30),
      overflow: fc.constantFrom('refuse' as const, 'drop-oldest' as const),
    });
    fc.assert(
      fc.property(anyLimits, fc.array(fc.string({ maxLength: 12 })), (limits, texts) => {
        const queue = new SendQueue(limits);
        const sent = texts.map((text, index) => `${index}:${text}`);
        const dropped = sent.flatMap((text) => {
          const added = queue.add(text);
          expect(added.queued).toBe(!added.dropped.includes(text));
          expect(queue.bytes).toBeLessThanOrEqual(limits.bytes);
          return added.dropped;
        });
        const kept = queue.take();
        expect(kept.length).toBeLessThanOrEqual(limits.messages);
        expect(kept).toEqual(sent.filter((text) => !dropped.includes(text)));
        expect(kept.length + dropped.length).toBe(sent.length);
      }),
    );
  });
});
