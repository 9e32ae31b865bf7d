import type { Client, Grant } from '../client.ts';
import { toPayload, toValue } from '../hooks.ts';
import { type ChannelOptions, maySubscribe } from '../namespaces.ts';
import { DISCONNECT, DisconnectClient, ERROR } from '../protocol/codes.ts';
import type { SubscribeRequest } from '../protocol/schema.ts';
import * as subscription from '../subscription.ts';
import { subscribable } from '../subscription.ts';
import { lasting } from '../tokens.ts';
import { nowSeconds, validity } from '../validity.ts';
import type { Execute } from './execute.ts';

export const subscribe: Execute<'subscribe'> = async (client, request) => {
  const { channel = '' } = request;
  if (channel === '') throw new DisconnectClient(DISCONNECT.badRequest);
  if (request.tf !== undefined || (request.type ?? 0) !== 0) throw ERROR.notAvailable;
  const options = subscribable(client, channel);
  return {
    subscribe: await subscription.subscribe(client, request, options, () =>
      grantOf(client, request, options),
    ),
  };
};

/** Decides whether a client may subscribe: by its token for the channel, by the application, or by the namespace. */
async function grantOf(client: Client, request: SubscribeRequest, options: ChannelOptions): Promise<Grant> {
  const { channel = '', token = '' } = request;
  const { tokens, hooks } = client.context;
  const claims = token === '' ? undefined : await tokens.subscription(token);
  if (claims !== undefined && (claims.channel !== channel || claims.user !== client.user)) {
    throw ERROR.permissionDenied;
  }
  const decision = await hooks.subscribe?.({ client: client, channel, data: toValue(request.data) });
  const allowed =
    decision === undefined
      ? claims !== undefined || maySubscribe(channel, options, client.user)
      : decision !== false;
  if (!allowed) throw ERROR.permissionDenied;
  const given = typeof decision === 'object' ? decision : {};
  return {
    info: toPayload(given.info) ?? claims?.info,
    data: toPayload(given.data),
    expiresAt: given.expiresAt ?? claims?.expiresAt,
  };
}

export const unsubscribe: Execute<'unsubscribe'> = async (client, { channel = '' }) => {
  if (channel === '') throw new DisconnectClient(DISCONNECT.badRequest);
  const found = client.subscriptions.get(channel);
  await found?.beginning;
  if (found !== undefined) subscription.unsubscribe(client, found);
  return { unsubscribe: {} };
};

/** Takes another token for a subscription before the first has expired. */
export const subRefresh: Execute<'sub_refresh'> = async (client, { channel = '', token = '' }) => {
  if (channel === '') throw new DisconnectClient(DISCONNECT.badRequest);
  const found = client.subscriptions.get(channel);
  if (found === undefined) throw ERROR.permissionDenied;
  if (token === '') throw ERROR.badRequest;
  const claims = await client.context.tokens.subscription(token);
  if (claims.channel !== channel || claims.user !== client.user) throw ERROR.permissionDenied;
  if (claims.expiresAt !== undefined && claims.expiresAt <= nowSeconds()) throw ERROR.expired;
  found.info = lasting(claims.info) ?? found.info;
  found.expiresAt = claims.expiresAt;
  client.watchTime();
  return { sub_refresh: validity(claims.expiresAt) };
};
