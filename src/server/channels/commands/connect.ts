import type { Client, Grant } from '../client.ts';
import { type ConnectGrant, type Hooks, toPayload, toValue } from '../hooks.ts';
import { DISCONNECT, DisconnectClient, ERROR } from '../protocol/codes.ts';
import type { ConnectRequest, Payload, SubscribeResult } from '../protocol/schema.ts';
import { subscribable, subscribe, unsubscribe } from '../subscription.ts';
import { type ConnectionClaims, lasting, NO_SUBSCRIPTIONS } from '../tokens.ts';
import { nowSeconds, validity } from '../validity.ts';
import type { Execute } from './execute.ts';

const NO_GRANT: ConnectGrant = {};

/** Lets a client in by its token, by what the handshake proved, or as nobody in particular. */
export const connect: Execute<'connect'> = async (client, request) => {
  const { settings } = client.context;
  const claims = await claimsOf(client, request);
  const { connect } = client.context.hooks;
  const grant = connect === undefined ? NO_GRANT : await asked(connect, client, request, claims.user);
  if (claims.expiresAt !== undefined && claims.expiresAt <= nowSeconds()) throw ERROR.expired;
  client.user = claims.user;
  client.info = lasting(toPayload(grant.info) ?? claims.info);
  client.expiresAt = claims.expiresAt;
  const subs =
    claims.subscriptions.size === 0 && grant.channels === undefined
      ? []
      : await subscribed(client, request, claims, grant.channels ?? []);
  const data = toPayload(grant.data);
  return {
    connect: {
      client: client.id,
      ...validity(claims.expiresAt),
      ...(data !== undefined && { data }),
      ...(subs.length > 0 && { subs: Object.fromEntries(subs) }),
      ping: settings.ping.intervalSeconds,
      pong: true,
    },
  };
};

async function claimsOf(
  { context, proof }: Client,
  { token = '' }: ConnectRequest,
): Promise<ConnectionClaims> {
  if (token !== '') return context.tokens.connection(token);
  const { user, expiresAt } = proof ?? { user: '', expiresAt: undefined };
  if (user === '' && !context.settings.channels.anonymous) throw ERROR.unauthorized;
  return { user, info: undefined, expiresAt, subscriptions: NO_SUBSCRIPTIONS };
}

async function asked(
  connect: NonNullable<Hooks['connect']>,
  client: Client,
  request: ConnectRequest,
  user: string,
): Promise<ConnectGrant> {
  const decision = await connect({
    client: client.id,
    user,
    name: request.name ?? '',
    version: request.version ?? '',
    data: toValue(request.data),
  });
  if (decision === false) throw ERROR.permissionDenied;
  return typeof decision === 'object' ? decision : NO_GRANT;
}

/** Subscribes it to the channels that it is given, from where it was in each: to all of them, or to none. */
async function subscribed(
  client: Client,
  { subs = {} }: ConnectRequest,
  claims: ConnectionClaims,
  channels: readonly string[],
): Promise<readonly (readonly [string, SubscribeResult])[]> {
  const grants = new Map<string, { info?: Payload | undefined; data?: Payload | undefined }>(
    channels.map((channel) => [channel, {}]),
  );
  for (const [channel, grant] of claims.subscriptions) grants.set(channel, grant);
  const outcomes = await Promise.allSettled(
    [...grants].map(async ([channel, given]) => {
      const options = subscribable(client, channel);
      const grant: Grant = { ...given, serverSide: true };
      const request = { ...subs[channel], channel, recoverable: true };
      return [channel, await subscribe(client, request, options, () => grant)] as const;
    }),
  );
  const refused = outcomes.find((outcome) => outcome.status === 'rejected');
  if (refused === undefined)
    return outcomes.flatMap((outcome) => ('value' in outcome ? [outcome.value] : []));
  for (const subscription of [...client.subscriptions.values()]) unsubscribe(client, subscription);
  throw refused.reason;
}

/** Takes another token before the first has expired. */
export const refresh: Execute<'refresh'> = async (client, { token = '' }) => {
  if (token === '') throw new DisconnectClient(DISCONNECT.badRequest);
  const { user, info, expiresAt } = await client.context.tokens.connection(token);
  if (user !== client.user) throw new DisconnectClient(DISCONNECT.invalidToken);
  // The handshake's proof ends by itself.
  if (client.proof?.expiresAt !== undefined && client.proof.user === user) {
    await client.proof.refresh(token);
  }
  client.info = lasting(info) ?? client.info;
  client.expiresAt = expiresAt;
  client.watchTime();
  return { refresh: { client: client.id, ...validity(expiresAt) } };
};
