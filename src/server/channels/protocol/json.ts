import { MalformedMessage } from './malformed.ts';
import type { Field, Message, Shape } from './schema.ts';

/** Writes a message as JSON on one line. Payloads are JSON text already, and are put in as they are. */
export function writeJson<S extends Shape>(shape: S, message: Message<S>): string {
  let members = '';
  for (const name in shape) {
    const value = message[name];
    if (value === undefined) continue;
    members += `${members === '' ? '' : ','}"${name}":${written(shape[name] as Field, value)}`;
  }
  return `{${members}}`;
}

function written(field: Field, value: unknown): string {
  switch (field.kind) {
    case 'payload':
      return (value as Buffer).toString();
    case 'message':
      return writeJson(field.of, value as Message<Shape>);
    case 'list':
      return `[${(value as Message<Shape>[]).map((item) => writeJson(field.of, item)).join(',')}]`;
    case 'map':
      return `{${Object.entries(value as Record<string, Message<Shape>>)
        .map(([key, item]) => `${JSON.stringify(key)}:${writeJson(field.of, item)}`)
        .join(',')}}`;
    default:
      return JSON.stringify(value);
  }
}

/**
 * Reads a message from a parsed value. Unknown members are passed over, and null is as good as nothing.
 *
 * @throws MalformedMessage when a member is of another kind than the schema says
 */
export function readJson<S extends Shape>(shape: S, value: unknown): Message<S> {
  const members = objectOf(value);
  const message: Record<string, unknown> = {};
  for (const name in shape) {
    const member = members[name];
    if (member !== undefined && member !== null) message[name] = read(shape[name] as Field, member);
  }
  return message as Message<S>;
}

function read(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case 'payload':
      return Buffer.from(JSON.stringify(value));
    case 'message':
      return readJson(field.of, value);
    case 'list':
      if (!Array.isArray(value)) throw new MalformedMessage();
      return value.map((item) => readJson(field.of, item));
    case 'map':
      return mapped(value, (item) => readJson(field.of, item));
    case 'texts':
      return mapped(value, (item) => checked(typeof item === 'string', item));
    case 'string':
      return checked(typeof value === 'string', value);
    case 'bool':
      return checked(typeof value === 'boolean', value);
    case 'uint':
      return checked(Number.isSafeInteger(value) && (value as number) >= 0, value);
    case 'int':
      return checked(Number.isSafeInteger(value), value);
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedMessage();
  return value as Record<string, unknown>;
}

function mapped(value: unknown, item: (item: unknown) => unknown): Record<string, unknown> {
  const entries = Object.entries(objectOf(value)).map(([key, member]) => [key, item(member)] as const);
  return Object.fromEntries(entries);
}

function checked(fits: boolean, value: unknown): unknown {
  if (!fits) throw new MalformedMessage();
  return value;
}
