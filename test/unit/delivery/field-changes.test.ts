import { describe, expect, it } from 'vitest';
import { fieldChanges } from '../../../src/delivery/cluster/field-changes.ts';

describe('GIVEN two objects', () => {
  it('WHEN they are equal THEN nothing differs, in whatever order their fields are', () => {
    expect(fieldChanges({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 })).toEqual([]);
  });

  it.each([
    ['a field changed', { a: 1 }, { a: 2 }, [{ path: 'a', before: 1, after: 2 }]],
    ['a field is new', {}, { a: { b: 1 } }, [{ path: 'a', after: { b: 1 } }]],
    ['a field is gone', { a: 0 }, {}, [{ path: 'a', before: 0 }]],
    ['a form changed', { a: [1] }, { a: { b: 1 } }, [{ path: 'a', before: [1], after: { b: 1 } }]],
    [
      'a name has dots',
      { labels: { 'app.kubernetes.io/name': 'a' } },
      { labels: { 'app.kubernetes.io/name': 'b' } },
      [{ path: 'labels["app.kubernetes.io/name"]', before: 'a', after: 'b' }],
    ],
    [
      'an element that has a name changed beside one that is new',
      { env: [{ name: 'A', value: '1' }] },
      {
        env: [
          { name: 'B', value: '3' },
          { name: 'A', value: '2' },
        ],
      },
      [
        { path: 'env[A].value', before: '1', after: '2' },
        { path: 'env[B]', after: { name: 'B', value: '3' } },
      ],
    ],
    [
      'only the order of elements changed',
      { env: [{ name: 'A' }, { name: 'B' }] },
      { env: [{ name: 'B' }, { name: 'A' }] },
      [{ path: 'env', before: ['A', 'B'], after: ['B', 'A'] }],
    ],
    [
      'elements have no name',
      { args: ['a', 'b'] },
      { args: ['a', 'c', 'd'] },
      [
        { path: 'args[1]', before: 'b', after: 'c' },
        { path: 'args[2]', after: 'd' },
      ],
    ],
    [
      'text is YAML',
      { data: { 'a.yaml': 'x: 1\ny: { z: 2 }\n' } },
      { data: { 'a.yaml': 'x: 1\ny: { z: 3 }\n' } },
      [{ path: 'data["a.yaml"].y.z', before: 2, after: 3 }],
    ],
    [
      'only the comments of YAML changed',
      { text: '# one\nx: 1\n' },
      { text: '# two\nx: 1\n' },
      [{ path: 'text', before: '# one\nx: 1\n', after: '# two\nx: 1\n' }],
    ],
    [
      'text is none',
      { text: 'save 60\nport 1\n' },
      { text: 'save 60\nport 2\n' },
      [{ path: 'text', before: 'save 60\nport 1\n', after: 'save 60\nport 2\n' }],
    ],
  ])('WHEN %s THEN its path and both values are told', (_, before, after, changes) => {
    expect(fieldChanges(before, after)).toEqual(changes);
  });
});
