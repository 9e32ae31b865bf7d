import type { Client } from '../client.ts';
import { type Hooks, toPayload, toValue } from '../hooks.ts';
import { may, retentionOf } from '../namespaces.ts';
import { DISCONNECT, DisconnectClient, ERROR } from '../protocol/codes.ts';
import type { Payload, Publication } from '../protocol/schema.ts';
import type { Execute } from './execute.ts';

export const publish: Execute<'publish'> = async (client, { channel = '', data, type = 0 }) => {
  if (channel === '') throw new DisconnectClient(DISCONNECT.badRequest);
  if (type !== 0) throw ERROR.notAvailable;
  const { broker, hooks, namespaces } = client.context;
  const options = namespaces.optionsOf(channel);
  if (options === undefined) throw ERROR.unknownChannel;
  const subscription = client.subscriptions.get(channel);
  // Without a hook nothing is waited for, so a client's publications stay in their order.
  const decision =
    hooks.publish === undefined ? undefined : await decided(client, channel, data, hooks.publish);
  const { user } = client;
  const allowed =
    decision ?? may(options.allowPublish, channel, { user, subscribed: subscription !== undefined });
  if (!allowed) throw ERROR.permissionDenied;
  const publication: Publication = { ...contentOf(client, data), info: client.infoIn(subscription) };
  await broker.publish(channel, publication, { retention: retentionOf(options) });
  return { publish: {} };
};

/** Asks the application about one publication of a client after the other, which keeps them in their order as well. */
function decided(
  client: Client,
  channel: string,
  data: Payload | undefined,
  hook: NonNullable<Hooks['publish']>,
): Promise<boolean | undefined> {
  const ask = async () => hook({ client, channel, data: toValue(data) });
  const decision = (client.deciding ?? Promise.resolve()).then(ask, ask);
  client.deciding = decision;
  return decision;
}

/** The data of a publication. What comes from a Protobuf client may be JSON, which all can read, or not. */
function contentOf({ wire }: Client, data: Payload | undefined): Pick<Publication, 'data' | 'binary'> {
  if (wire.name === 'json') return { data: data ?? Buffer.from('null') };
  const bytes = data ?? Buffer.alloc(0);
  const value = toValue(bytes);
  if (value === bytes) return { data: bytes, binary: true };
  // Lines part the replies of the JSON protocol, so there may be none in it.
  return { data: bytes.includes('\n') ? (toPayload(value) as Payload) : bytes };
}

export const rpc: Execute<'rpc'> = async (client, { method = '', data }) => {
  const handler = client.context.hooks.rpc.get(method);
  if (handler === undefined) throw ERROR.methodNotFound;
  const result = toPayload(await handler({ client: client, method, data: toValue(data) }));
  return { rpc: { ...(result !== undefined && { data: result }) } };
};

/** A message that gets no reply. */
export const send: Execute<'send'> = async (client, { data }) => {
  const { message } = client.context.hooks;
  if (message === undefined) throw new DisconnectClient(DISCONNECT.notAvailable);
  await message({ client: client, data: toValue(data) });
  return undefined;
};
