import type { StreamPart } from '../broker/broker.ts';
import type { Client, Context } from '../client.ts';
import { type ChannelOptions, may, type Permission, retentionOf } from '../namespaces.ts';
import { DISCONNECT, DisconnectClient, ERROR } from '../protocol/codes.ts';
import type { HistoryRequest } from '../protocol/schema.ts';
import type { Execute } from './execute.ts';

export const presence: Execute<'presence'> = async (client, { channel = '' }) => {
  const options = permitted(client, channel, 'allowPresence');
  if (!options.presence) throw ERROR.notAvailable;
  return { presence: { presence: await client.context.broker.presence(channel) } };
};

export const presenceStats: Execute<'presence_stats'> = async (client, { channel = '' }) => {
  const options = permitted(client, channel, 'allowPresence');
  if (!options.presence) throw ERROR.notAvailable;
  const clients = Object.values(await client.context.broker.presence(channel));
  const users = new Set(clients.map(({ user }) => user));
  return { presence_stats: { num_clients: clients.length, num_users: users.size } };
};

/** Publications in one answer; for more, a client asks again from the last. */
const MOST_PUBLICATIONS = 1_000;

export const history: Execute<'history'> = async (client, request) => {
  const { channel = '', limit: wanted = 0 } = request;
  const options = permitted(client, channel, 'allowHistory');
  const limit = wanted < 0 ? MOST_PUBLICATIONS : Math.min(wanted, MOST_PUBLICATIONS);
  const part = await readHistory(client.context, channel, options, { ...request, limit });
  if (client.wire.name === 'json' && part.publications.some(({ binary }) => binary)) {
    throw new DisconnectClient(DISCONNECT.inappropriateProtocol);
  }
  return { history: part };
};

/**
 * Reads the history of a channel as the protocol has it: no limit gives the position alone, one below zero everything.
 *
 * @throws ReplyError 107, 108, 112
 */
export async function readHistory(
  { broker }: Pick<Context, 'broker'>,
  channel: string,
  options: ChannelOptions,
  { limit = 0, since, reverse = false }: Omit<HistoryRequest, 'channel'>,
): Promise<StreamPart> {
  const retention = retentionOf(options);
  if (retention === undefined) throw ERROR.notAvailable;
  if (reverse && since !== undefined && (since.offset ?? 0) === 0) throw ERROR.badRequest;
  const query = {
    since: since === undefined ? undefined : (since.offset ?? 0),
    limit: limit < 0 ? undefined : limit,
    reverse,
  };
  const part = await broker.history(channel, query, retention);
  if ((since?.epoch ?? '') !== '' && since?.epoch !== part.epoch) throw ERROR.unrecoverablePosition;
  return part;
}

/** @throws ReplyError 102 or 103 */
function permitted(
  client: Client,
  channel: string,
  permission: 'allowPresence' | 'allowHistory',
): ChannelOptions {
  if (channel === '') throw new DisconnectClient(DISCONNECT.badRequest);
  const options = client.context.namespaces.optionsOf(channel);
  if (options === undefined) throw ERROR.unknownChannel;
  const subscribed = client.subscriptions.has(channel);
  if (!may(options[permission] as Permission, channel, { user: client.user, subscribed }))
    throw ERROR.permissionDenied;
  return options;
}
