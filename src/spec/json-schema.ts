import { z } from 'zod';
import { Environment } from './environment.ts';
import { API_VERSION, KIND } from './version.ts';

/**
 * JSON Schema of an environment document, for editors: put
 * `# yaml-language-server: $schema=<path or URL of it>` into the first line of a spec.
 */
export function jsonSchema(): Record<string, unknown> {
  const { status: _, ...shape } = Environment.shape;
  const schema = z.toJSONSchema(z.strictObject(shape), {
    io: 'input',
    target: 'draft-7',
    // A mark for the loader of the server's settings, which editors need not know.
    override: ({ jsonSchema }) => {
      delete (jsonSchema as Record<string, unknown>).file;
    },
  });
  return { ...schema, title: `${KIND} ${API_VERSION}` };
}
