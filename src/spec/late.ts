import { z } from 'zod';
import { Environment } from './environment.ts';
import { LATE_KEYWORD } from './may-be-late.ts';
import { unwrapped } from './unwrapped.ts';

type Path = readonly (string | number)[];

/**
 * Whether a field may stand open until a delivery knows its value, as an `Output` of Pulumi does: see `mayBeLate`.
 *
 * @param path from the document, for example `['spec', 'server', 'image']`; an index into a list may be left out
 */
export function isLate(path: Path): boolean {
  const field = schemaAt(Environment, path);
  return field !== undefined && marked(field);
}

/** Schema of a field, as far as the document's own schema has one. */
export function schemaAt(schema: z.ZodType, [key, ...rest]: Path): z.ZodType | undefined {
  if (key === undefined) return schema;
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject) {
    const field = (inner.shape as Record<string, z.ZodType>)[key];
    return field && schemaAt(field, rest);
  }
  if (inner instanceof z.ZodRecord) return schemaAt(inner.valueType as z.ZodType, rest);
  if (!(inner instanceof z.ZodArray)) return undefined;
  const item = inner.element as z.ZodType;
  return /^\d+$/.test(`${key}`) ? schemaAt(item, rest) : schemaAt(item, [key, ...rest]);
}

function marked(schema: z.ZodType): boolean {
  if (schema.meta()?.[LATE_KEYWORD] === true) return true;
  const inner = unwrapped(schema);
  return inner !== schema && marked(inner);
}
