import { z } from 'zod';
import { Environment } from './environment.ts';
import { API_VERSION, KIND } from './version.ts';

/**
 * JSON Schema of an environment document, for editors: put
 * `# yaml-language-server: $schema=<path or URL of it>` into the first line of a spec.
 */
export function jsonSchema(): Record<string, unknown> {
  const { status: _, ...shape } = Environment.shape;
  return { ...draft7(z.strictObject(shape)), title: `${KIND} ${API_VERSION}` };
}

/**
 * The same of a part of a document: of a base, or of what extends one. No field is required, `extends` names the base,
 * and null removes what that has.
 */
export function partJsonSchema(): Record<string, unknown> {
  const { properties, ...schema } = withoutRequired(jsonSchema());
  const base = { type: 'string', description: 'File that this document is put over; counted from its own' };
  return {
    ...schema,
    title: `Part of a ${KIND} ${API_VERSION}`,
    properties: { extends: base, ...properties },
  };
}

type Schema = Record<string, unknown> & {
  readonly properties?: Record<string, Schema>;
  readonly additionalProperties?: Schema | boolean;
};

/** What lists hold stays as it is: they are replaced whole. */
function withoutRequired({ required: _, properties, additionalProperties, ...rest }: Schema): Schema {
  const part = (schema: Schema): Schema => ({ anyOf: [withoutRequired(schema), { type: 'null' }] });
  return {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, part(value)])),
    }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'boolean' ? additionalProperties : part(additionalProperties),
    }),
  };
}

/** JSON Schema, draft 7, of what somebody writes: before defaults are filled in. Editors and Helm read it. */
export function draft7(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    // A mark for the loader of the server's settings, which readers of the schema need not know.
    override: ({ jsonSchema }) => {
      delete (jsonSchema as Record<string, unknown>).file;
      delete (jsonSchema as Record<string, unknown>).live;
    },
  }) as Record<string, unknown>;
}
