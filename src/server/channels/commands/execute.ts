import type { Client } from '../client.ts';
import type { Command, Reply } from '../protocol/schema.ts';

/** Does what a command asks for, and gives what the reply holds beside its id. */
export type Execute<Name extends keyof Command> = (
  client: Client,
  request: NonNullable<Command[Name]>,
) => Promise<Reply | undefined>;
