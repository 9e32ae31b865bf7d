import fc from 'fast-check';
import type { Field, Message, Shape } from '../../../../src/server/channels/protocol/schema.ts';

/** Any message of a shape. What is absent and what is zero cannot be told apart by Protobuf, so neither is made. */
export function arbitraryMessage<S extends Shape>(shape: S): fc.Arbitrary<Message<S>> {
  const fields = Object.entries(shape).map(([name, field]) => [
    name,
    fc.option(value(field), { nil: undefined }),
  ]);
  return fc
    .record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>)
    .map(
      (message) =>
        Object.fromEntries(Object.entries(message).filter(([, it]) => it !== undefined)) as Message<S>,
    );
}

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
// The client library itself loses an entry whose key is __proto__.
const key = fc.oneof(text, fc.constant('constructor')).filter((name) => name !== '__proto__');

function value(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'string':
      return text;
    case 'bool':
      return fc.constant(true);
    case 'uint':
      // The peer keeps 32-bit fields in 32 bits; offsets are 64-bit ones.
      return fc.integer({
        min: 1,
        max: field.number === 6 || field.number === 9 ? 2 ** 32 - 1 : 2 ** 31 - 1,
      });
    case 'int':
      return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).filter((number) => number !== 0);
    case 'payload':
      // A null payload is no payload in JSON.
      return fc
        .jsonValue()
        .filter((json) => json !== null)
        .map((json) => Buffer.from(JSON.stringify(json)));
    case 'message':
      return arbitraryMessage(field.of);
    case 'list':
      return fc.array(arbitraryMessage(field.of), { minLength: 1, maxLength: 4 });
    case 'map':
      return fc.dictionary(key, arbitraryMessage(field.of), { minKeys: 1, maxKeys: 4 });
    case 'texts':
      return fc.dictionary(key, text, { minKeys: 1, maxKeys: 4 });
  }
}
