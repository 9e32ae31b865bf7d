import type { Client } from '../client.ts';
import type { Command, Reply } from '../protocol/schema.ts';
import { history, presence, presenceStats } from './ask.ts';
import { connect, refresh } from './connect.ts';
import type { Execute } from './execute.ts';
import { publish, rpc, send } from './send.ts';
import { subRefresh, subscribe, unsubscribe } from './subscribe.ts';

const commands: { readonly [Name in Exclude<keyof Command, 'id'>]: Execute<Name> } = {
  publish,
  rpc,
  send,
  subscribe,
  unsubscribe,
  connect,
  refresh,
  sub_refresh: subRefresh,
  presence,
  presence_stats: presenceStats,
  history,
  ping: async () => ({ ping: {} }),
};

/** Every command by the name of its field; the first that is in a message is taken. */
export const COMMANDS = Object.entries(commands) as readonly (readonly [
  keyof typeof commands,
  (client: Client, request: unknown) => Promise<Reply | undefined>,
])[];
