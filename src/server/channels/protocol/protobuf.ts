import { MalformedMessage } from './malformed.ts';
import { ByteReader, ByteWriter, WIRE } from './protobuf-bytes.ts';
import type { Field, Message, Shape } from './schema.ts';

/** Writes a message as proto3 does: what is absent, zero, false or empty takes no byte. */
export function writeProtobuf<S extends Shape>(shape: S, message: Message<S>): Buffer {
  const writer = new ByteWriter();
  for (const name in shape) {
    const value = message[name];
    if (value !== undefined) write(writer, shape[name] as Field, value);
  }
  return writer.bytes();
}

function write(writer: ByteWriter, field: Field, value: unknown): void {
  const { number } = field;
  switch (field.kind) {
    case 'string':
      if (value !== '') writer.chunk(number, Buffer.from(value as string));
      return;
    case 'payload':
      if ((value as Buffer).length > 0) writer.chunk(number, value as Buffer);
      return;
    case 'bool':
    case 'uint':
    case 'int':
      if (Number(value) !== 0) writer.number(number, Number(value));
      return;
    case 'message':
      writer.chunk(number, writeProtobuf(field.of, value as Message<Shape>));
      return;
    case 'list':
      for (const item of value as Message<Shape>[]) writer.chunk(number, writeProtobuf(field.of, item));
      return;
    case 'map':
      for (const [key, item] of Object.entries(value as Record<string, Message<Shape>>)) {
        writer.chunk(number, writeEntry(key, writeProtobuf(field.of, item)));
      }
      return;
    case 'texts':
      for (const [key, text] of Object.entries(value as Record<string, string>)) {
        writer.chunk(number, writeEntry(key, Buffer.from(text)));
      }
  }
}

function writeEntry(key: string, value: Buffer): Buffer {
  const writer = new ByteWriter();
  writer.chunk(1, Buffer.from(key));
  writer.chunk(2, value);
  return writer.bytes();
}

/** Fields of a shape by their number, made once a shape. */
const numbered = new WeakMap<Shape, ReadonlyMap<number, readonly [string, Field]>>();

function fieldsOf(shape: Shape): ReadonlyMap<number, readonly [string, Field]> {
  let fields = numbered.get(shape);
  if (fields === undefined) {
    fields = new Map(Object.entries(shape).map(([name, field]) => [field.number, [name, field]]));
    numbered.set(shape, fields);
  }
  return fields;
}

/**
 * Reads a message. Unknown fields are passed over; of a field that is given twice the last counts.
 *
 * @throws MalformedMessage when the bytes are no message of this shape
 */
export function readProtobuf<S extends Shape>(shape: S, bytes: Buffer): Message<S> {
  const fields = fieldsOf(shape);
  const reader = new ByteReader(bytes);
  const message: Record<string, unknown> = {};
  while (!reader.atEnd) {
    const [number, wire] = reader.tag();
    const known = fields.get(number);
    if (known === undefined) {
      reader.skip(wire);
      continue;
    }
    const [name, field] = known;
    if (wire !== wireOf(field)) throw new MalformedMessage();
    message[name] = read(reader, field, message[name]);
  }
  return message as Message<S>;
}

function wireOf({ kind }: Field): number {
  return kind === 'bool' || kind === 'uint' || kind === 'int' ? WIRE.varint : WIRE.chunk;
}

function read(reader: ByteReader, field: Field, before: unknown): unknown {
  switch (field.kind) {
    case 'bool':
      return reader.unsigned() !== 0;
    case 'uint':
      return reader.unsigned();
    case 'int':
      return reader.signed();
    case 'string':
      return textOf(reader.chunk());
    case 'payload':
      return reader.chunk();
    case 'message':
      return readProtobuf(field.of, reader.chunk());
    case 'list': {
      const items = (before ?? []) as unknown[];
      items.push(readProtobuf(field.of, reader.chunk()));
      return items;
    }
    case 'map':
      return withEntry(before, reader.chunk(), (value) => readProtobuf(field.of, value));
    case 'texts':
      return withEntry(before, reader.chunk(), textOf);
  }
}

function withEntry(before: unknown, bytes: Buffer, decode: (bytes: Buffer) => unknown): unknown {
  // Without a prototype, every key is a key.
  const entries = (before ?? Object.create(null)) as Record<string, unknown>;
  const reader = new ByteReader(bytes);
  let key = '';
  let value: Buffer = Buffer.alloc(0);
  while (!reader.atEnd) {
    const [number, wire] = reader.tag();
    if (number === 1 && wire === WIRE.chunk) key = textOf(reader.chunk());
    else if (number === 2 && wire === WIRE.chunk) value = reader.chunk();
    else reader.skip(wire);
  }
  entries[key] = decode(value);
  return entries;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new MalformedMessage();
  }
}
