import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Link, LinkedList } from '../../../src/platform/linked-list.ts';

describe('GIVEN a list, and an array that does the same', () => {
  it('WHEN values come and go in any order THEN both hold the same', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ what: fc.constant('add' as const), which: fc.nat() }),
        fc.record({ what: fc.constant('remove' as const), which: fc.nat() }),
        fc.record({ what: fc.constant('shift' as const), which: fc.nat() }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const list = new LinkedList<number>();
        const array: number[] = [];
        const links: Link<number>[] = [];
        for (const [value, { what, which }] of all.entries()) {
          if (what === 'add') {
            links.push(list.add(value));
            array.push(value);
          } else if (what === 'shift') {
            expect(list.shift()).toBe(array.shift());
          } else if (links.length > 0) {
            const link = links[which % links.length] as Link<number>;
            const at = array.indexOf(link.value);
            expect(list.remove(link)).toBe(at >= 0);
            if (at >= 0) array.splice(at, 1);
          }
          expect([list.size, list.first, ...list]).toEqual([array.length, array[0], ...array]);
        }
      }),
    );
  });

  it('WHEN values are removed and added while it is gone through THEN those that were there are seen, once', () => {
    const list = new LinkedList<number>();
    const links = [1, 2, 3].map((value) => list.add(value));
    const seen: number[] = [];
    for (const value of list) {
      seen.push(value);
      for (const link of links) list.remove(link);
      list.add(value + 10);
    }
    expect(seen).toEqual([1, 2, 3]);
    expect([...list]).toEqual([11, 12, 13]);
  });

  it('WHEN a link of another list is given THEN it is not removed', () => {
    const [one, other] = [new LinkedList<string>(), new LinkedList<string>()];
    const link = one.add('a');
    expect(other.remove(link)).toBe(false);
    expect([...one]).toEqual(['a']);
  });
});
