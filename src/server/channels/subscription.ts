import type { Position } from './broker/broker.ts';
import type { Client, Grant, Subscription } from './client.ts';
import type { ChannelOptions } from './namespaces.ts';
import { DISCONNECT, DisconnectClient, ERROR } from './protocol/codes.ts';
import type { SubscribeRequest, SubscribeResult } from './protocol/schema.ts';
import { lasting } from './tokens.ts';
import { nowSeconds, validity } from './validity.ts';

/** Channels a client may be subscribed to. */
const MOST_CHANNELS = 128;
const MOST_NAME_CHARACTERS = 255;

/**
 * Finds what holds for a channel that a client may be subscribed to.
 *
 * @throws ReplyError 102, 105, 106, 107
 */
export function subscribable(client: Client, channel: string): ChannelOptions {
  if (channel.length > MOST_NAME_CHARACTERS) throw ERROR.badRequest;
  if (client.subscriptions.has(channel)) throw ERROR.alreadySubscribed;
  if (client.subscriptions.size >= MOST_CHANNELS) throw ERROR.limitExceeded;
  const options = client.context.namespaces.optionsOf(channel);
  if (options === undefined) throw ERROR.unknownChannel;
  return options;
}

/**
 * Subscribes a client.
 *
 * @param grant decides on it once the place is taken, so that a second attempt meanwhile is refused
 * @throws BrokerUnavailable, or what `grant` throws
 */
export async function subscribe(
  client: Client,
  request: SubscribeRequest,
  options: ChannelOptions,
  grant: () => Grant | Promise<Grant>,
): Promise<SubscribeResult> {
  const { channel: name = '' } = request;
  const channel = client.context.hub.open(name, options);
  // It is held until the client is in, or is not let in.
  channel.joining += 1;
  const subscription: Subscription = {
    channel,
    options,
    serverSide: false,
    info: undefined,
    expiresAt: undefined,
    beginning: undefined,
  };
  client.subscriptions.set(name, subscription);
  const beginning = begin(client, subscription, request, grant);
  subscription.beginning = beginning.catch(ignored);
  try {
    const result = await beginning;
    subscription.beginning = undefined;
    if (client.closed) unsubscribe(client, subscription);
    return result;
  } catch (error) {
    client.subscriptions.delete(name);
    channel.leave(client);
    throw error;
  } finally {
    channel.joining -= 1;
    client.context.hub.release(channel);
  }
}

async function begin(
  client: Client,
  subscription: Subscription,
  request: SubscribeRequest,
  grant: () => Grant | Promise<Grant>,
): Promise<SubscribeResult> {
  const { channel, options } = subscription;
  const { broker } = client.context;
  const { info, data, expiresAt, serverSide = false } = await grant();
  if (expiresAt !== undefined && expiresAt <= nowSeconds()) throw ERROR.expired;
  Object.assign(subscription, { info: lasting(info), expiresAt, serverSide });
  const present = client.infoIn(subscription);
  if (options.presence) await broker.addPresence(channel.name, present);
  try {
    const recoverable =
      channel.retention !== undefined && (options.forceRecovery || request.recoverable === true);
    const positioned = channel.retention !== undefined && (recoverable || request.positioned === true);
    const joinLeave =
      options.joinLeave === 'forced' || (options.joinLeave === 'on-request' && request.join_leave === true);
    const recovering = recoverable && request.recover === true;
    const since: Position | undefined = recovering
      ? { offset: request.offset ?? 0, epoch: request.epoch ?? '' }
      : undefined;
    const { position, missed } = await channel.enter(client, { positioned, joinLeave }, since);
    if (missed?.some(({ binary }) => binary) && client.wire.name === 'json') {
      throw new DisconnectClient(DISCONNECT.inappropriateProtocol);
    }
    if (recovering) client.context.counts[missed === undefined ? 'unrecovered' : 'recovered'] += 1;
    if (expiresAt !== undefined) client.watchTime();
    if (options.joinLeave !== 'off') broker.tell(channel.name, 'join', present).catch(ignored);
    return {
      ...validity(expiresAt),
      ...(data !== undefined && { data }),
      ...(positioned && { positioned, epoch: position?.epoch, offset: position?.offset }),
      ...(recoverable && { recoverable }),
      ...(recovering && { was_recovering: true }),
      // The client's position moves on with each publication that it is given.
      ...(missed !== undefined && { recovered: true, publications: missed, offset: since?.offset }),
    };
  } catch (error) {
    if (options.presence) broker.removePresence(channel.name, client.id).catch(ignored);
    throw error;
  }
}

/**
 * Ends a subscription that has begun. The client is not told. When its client is closed, one that has not begun yet ends
 * by itself.
 */
export function unsubscribe(client: Client, subscription: Subscription): void {
  const { channel, options, beginning } = subscription;
  if (beginning !== undefined || client.subscriptions.get(channel.name) !== subscription) return;
  client.subscriptions.delete(channel.name);
  channel.leave(client);
  const { broker, hub } = client.context;
  hub.release(channel);
  if (options.presence) broker.removePresence(channel.name, client.id).catch(ignored);
  if (options.joinLeave !== 'off') {
    broker.tell(channel.name, 'leave', client.infoIn(subscription)).catch(ignored);
  }
}

/** Presence mends itself when the broker is back; who came and went meanwhile, nobody learns. */
function ignored(): void {}
