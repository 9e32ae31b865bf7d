import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { setField } from '../../../src/delivery/gitops/set-field.ts';

const PATH = ['spec', 'server', 'image'];
const set = (text: string) => setField(text, parseDocument(text), PATH, 'acme/chat:2');

describe('GIVEN a text of YAML', () => {
  it.each([
    [
      'has the field',
      'spec:\n  # why\n  server:   # which\n    image:  acme/chat:1   # now\n\n    x: [ 1,2 ]\n',
      'spec:\n  # why\n  server:   # which\n    image:  acme/chat:2   # now\n\n    x: [ 1,2 ]\n',
    ],
    [
      'has it in quotes',
      `spec: { server: { image: 'acme/chat:1', x: "y" } }\n`,
      `spec: { server: { image: 'acme/chat:2', x: "y" } }\n`,
    ],
    [
      'has it in JSON',
      '{"spec":{"server":{"image":"acme/chat:1"}}}',
      '{"spec":{"server":{"image":"acme/chat:2"}}}',
    ],
    [
      'has the mapping without the field',
      'spec:\n  server:\n    x: 1 # one\n\n    y:\n      - 2 # two\n\n  # next\n  z: 3\n',
      'spec:\n  server:\n    x: 1 # one\n\n    y:\n      - 2 # two\n    image: acme/chat:2\n\n  # next\n  z: 3\n',
    ],
    [
      'has the mapping in braces',
      'spec:\n  server: { x: 1 } # one\n',
      'spec:\n  server: { x: 1, image: acme/chat:2 } # one\n',
    ],
    ['has the mapping empty', 'spec: { server: {} }\n', 'spec: { server: { image: acme/chat:2 } }\n'],
    [
      'has no such mapping',
      'kind: A\nspec:\n  # who\n  host: a.example # it\n# end\n',
      'kind: A\nspec:\n  # who\n  host: a.example # it\n  server: { image: acme/chat:2 }\n# end\n',
    ],
    ['ends without a line break', 'spec:\n  host: a', 'spec:\n  host: a\n  server: { image: acme/chat:2 }'],
    [
      'ends with a text of several lines',
      'spec:\n  text: |\n    one\n    two\n',
      'spec:\n  text: |\n    one\n    two\n  server: { image: acme/chat:2 }\n',
    ],
    [
      'has the line breaks of Windows',
      'spec:\r\n  host: a\r\n  port: 1\r\n',
      'spec:\r\n  host: a\r\n  port: 1\r\n  server: { image: acme/chat:2 }\r\n',
    ],
  ])('WHEN it %s THEN that alone changes', (_, before, after) => {
    expect(set(before)).toBe(after);
    expect(parseDocument(after).getIn(PATH)).toBe('acme/chat:2');
  });

  it.each([
    ['an alias', 'x: &image acme/chat:1\nspec: { server: { image: *image } }\n'],
    ['what others borrow', 'spec: { server: { image: &image acme/chat:1 } }\nx: *image\n'],
    ['in a mapping that is an alias', 'x: &server { a: 1 }\nspec: { server: *server }\n'],
    ['over several lines', 'spec:\n  server:\n    image: >-\n      acme/chat:1\n'],
  ])('WHEN the field is %s THEN it is refused', (_, text) => {
    expect(() => set(text)).toThrow(/^TG1003 spec\.server\.image: .*Write its value out, on one line\.$/);
  });
});
