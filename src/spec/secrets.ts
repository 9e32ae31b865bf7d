import { z } from 'zod';
import { secretKey } from './field.ts';
import { choice } from './rule.ts';

const source = (what: string) =>
  choice({
    generated: z.strictObject({}).describe('Created once by the front door, and never overwritten'),
    existing: secretKey.describe("A Secret in the environment's namespace that somebody else creates"),
  })
    .prefault({ generated: {} })
    .describe(what);

/** Where each credential comes from. The spec names Secrets; it never holds one. */
export const Secrets = z.strictObject({
  redis: source('Password of Redis'),
  postgres: source('Password of Postgres'),
  token: source('Key that tokens are signed with, of at least 32 characters'),
  api: source('API keys, a line each, as tidegate api-key prints them; one for the server API by default'),
});
export type Secrets = z.output<typeof Secrets>;
export type SecretSource = Secrets['redis'];
