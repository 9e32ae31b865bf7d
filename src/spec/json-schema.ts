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

/** JSON Schema, draft 7, of what somebody writes: before defaults are filled in. Editors and Helm read it. */
export function draft7(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    // A mark for the loader of the server's settings, which readers of the schema need not know.
    override: ({ jsonSchema }) => {
      delete (jsonSchema as Record<string, unknown>).file;
    },
  }) as Record<string, unknown>;
}
