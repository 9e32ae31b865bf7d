import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

/**
 * A value without what its schema fills in anyway: parsing either gives the same. What is written down so says what was
 * chosen, and stays as it is when a later version of the schema has more fields.
 *
 * @param value what the schema has parsed
 */
export function withoutDefaults<S extends z.ZodType>(schema: S, value: z.output<S>): z.input<S> {
  return chosen(schema, value) as z.input<S>;
}

/** The part of a value that was chosen; undefined when that is nothing. */
function chosen(schema: z.core.$ZodType, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (schema instanceof z.ZodOptional) return chosen(schema.unwrap(), value);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return isDeepStrictEqual(value, filledIn(schema)) ? undefined : chosen(schema.unwrap(), value);
  }
  if (schema instanceof z.ZodObject && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(schema.shape as Record<string, z.ZodType>)
        .map(([name, field]) => [name, chosen(field, (value as Record<string, unknown>)[name])])
        .filter(([, part]) => part !== undefined),
    );
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item) => chosen(schema.element, item));
  }
  return value;
}

/** Of each schema, what it fills in for nothing: it never changes, and every render asks. */
const known = new WeakMap<z.ZodType, { readonly value: unknown }>();

function filledIn(schema: z.ZodType): unknown {
  const found = known.get(schema) ?? { value: schema.safeParse(undefined).data };
  known.set(schema, found);
  return found.value;
}
