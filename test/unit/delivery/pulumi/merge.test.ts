import { describe, expect, it } from 'vitest';
import { merge, surprise } from '../../../../src/delivery/pulumi/merge.ts';

const leaf = (path: readonly (string | number)[]) => `<${path.join('.')}>`;

describe('GIVEN two renders of one environment', () => {
  it('WHEN they are merged THEN what differs is a leaf, and so is what has other keys', () => {
    const one = { a: 1, b: [{ c: 'x', d: null }], e: { f: 1 }, g: [1] };
    const other = { a: 1, b: [{ c: 'y', d: null }], e: { h: 1 }, g: [1, 2] };
    expect(merge(one, other, leaf)).toEqual({ a: 1, b: [{ c: '<b.0.c>', d: null }], e: '<e>', g: '<g>' });
  });

  it.each([
    ['the leaf that differs', { a: 'z', b: [1] }, undefined],
    ['a leaf that does not', { a: 'z', b: [2] }, ['b', 0]],
    ['a list that is longer', { a: 'z', b: [1, 1] }, ['b']],
    ['a field more', { a: 'z', b: [1], c: 1 }, []],
  ])(
    'WHEN the exact one has another value in %s THEN its place is told if it was shown',
    (_, exact, path) => {
      expect(surprise({ a: 'x', b: [1] }, { a: 'y', b: [1] }, exact)).toEqual(path);
    },
  );
});
