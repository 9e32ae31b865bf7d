import type { Farewell } from '../transport/driver.ts';
import type { Client } from './client.ts';
import { UNSUBSCRIBE } from './protocol/codes.ts';
import type { SubscribeResult } from './protocol/schema.ts';
import { subscribable, subscribe } from './subscription.ts';
import { payloadOf } from './tokens.ts';

/** Whom a call is about: all connections of a user, or one client. */
export type Target = { readonly user: string } | { readonly client: string };

/** What a replica asks of all, since any of them may hold the client. */
export type Call =
  | {
      readonly do: 'subscribe';
      readonly target: Target;
      readonly channel: string;
      readonly grant: ServerGrant;
    }
  | { readonly do: 'unsubscribe'; readonly target: Target; readonly channel: string }
  | { readonly do: 'disconnect'; readonly target: Target; readonly farewell: Farewell };

/** What a client gets that the server subscribes. */
export interface ServerGrant {
  /** Sent to it along with the news. */
  readonly data?: unknown;
  /** Shown to others in presence, joins and publications of this channel. */
  readonly info?: unknown;
  /** When the subscription ends, in seconds since 1970. */
  readonly expiresAt?: number | undefined;
}

export function encodeCall(call: Call): Buffer {
  return Buffer.from(JSON.stringify(call));
}

export function decodeCall(bytes: Buffer): Call {
  return JSON.parse(bytes.toString()) as Call;
}

/** Does what a call asks for, for those of the clients that it is about. */
export async function carryOut(call: Call, clients: Iterable<Client>): Promise<void> {
  for (const client of [...clients]) {
    if (!client.connected || !isMeant(call.target, client)) continue;
    if (call.do === 'disconnect') client.close(call.farewell);
    else if (call.do === 'subscribe') await subscribeTo(client, call);
    else {
      const subscription = client.subscriptions.get(call.channel);
      if (subscription !== undefined) client.expel(subscription, UNSUBSCRIBE.server);
    }
  }
}

function isMeant(target: Target, client: Client): boolean {
  return 'client' in target ? target.client === client.id : target.user === client.user;
}

async function subscribeTo(
  client: Client,
  { channel, grant }: Extract<Call, { do: 'subscribe' }>,
): Promise<void> {
  if (client.subscriptions.has(channel)) return;
  const options = subscribable(client, channel);
  const given = {
    serverSide: true,
    info: payloadOf(grant.info),
    data: payloadOf(grant.data),
    expiresAt: grant.expiresAt,
  };
  const result: SubscribeResult = await subscribe(
    client,
    { channel, recoverable: true },
    options,
    () => given,
  );
  const { recoverable, positioned, offset, epoch, data } = result;
  client.push({ channel, subscribe: { recoverable, positioned, offset, epoch, data } });
}
