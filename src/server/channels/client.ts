import type { Logger } from 'pino';
import type { LinkedList } from '../../platform/linked-list.ts';
import type { Settings } from '../../spec/settings.ts';
import type { Expiries } from '../auth/expiries.ts';
import type { Farewell } from '../transport/driver.ts';
import type { Broker } from './broker/broker.ts';
import type { ChannelCounts } from './counts.ts';
import type { ChannelClient, Hooks } from './hooks.ts';
import type { Hub } from './hub.ts';
import type { LocalChannel, Subscriber } from './local-channel.ts';
import type { ChannelOptions, Namespaces } from './namespaces.ts';
import type { ClientInfo, Payload, Push } from './protocol/schema.ts';
import type { Tokens } from './tokens.ts';

/** What all clients of a process share. */
export interface Context {
  readonly settings: Settings;
  readonly broker: Broker;
  readonly hub: Hub;
  readonly namespaces: Namespaces;
  readonly hooks: Hooks;
  readonly tokens: Tokens;
  readonly expiries: Pick<Expiries, 'at'>;
  readonly clients: LinkedList<Client>;
  readonly counts: ChannelCounts;
  readonly log: Logger;
}

/** Who connects, as far as the handshake has proved it. */
export interface Proof {
  readonly user: string;
  /** In seconds since 1970; never when undefined. */
  readonly expiresAt: number | undefined;
  /** Puts off the end of the proof by a newer token. */
  refresh(token: string): Promise<unknown>;
}

/** A client in a channel. */
export interface Subscription {
  readonly channel: LocalChannel;
  readonly options: ChannelOptions;
  /** The server subscribed it; the client did not ask. */
  serverSide: boolean;
  /** Shown to others, beside what is known of the client. */
  info: Payload | undefined;
  /** When it ends unless it is refreshed, in seconds since 1970; never when undefined. */
  expiresAt: number | undefined;
  /** Resolves once it has begun; undefined from then on. */
  beginning: Promise<unknown> | undefined;
}

/** What a client is allowed to have. */
export interface Grant {
  readonly info?: Payload | undefined;
  /** Sent to it in the reply. */
  readonly data?: Payload | undefined;
  readonly expiresAt?: number | undefined;
  readonly serverSide?: boolean;
}

/** A client as its commands see it. */
export interface Client extends Subscriber, ChannelClient {
  readonly context: Context;
  /** Of the handshake; who connects without a token is this user. */
  readonly proof: Proof | undefined;
  user: string;
  /** Shown to others. */
  info: Payload | undefined;
  /** When the connection ends unless it is refreshed, in seconds since 1970; never when undefined. */
  expiresAt: number | undefined;
  readonly subscriptions: Map<string, Subscription>;
  /** What the application decides on one of its publications, the last that it was asked about. */
  deciding: Promise<unknown> | undefined;
  readonly connected: boolean;
  readonly closed: boolean;
  push(push: Push): void;
  close(farewell: Farewell): void;
  /** What others may know of it. */
  infoIn(subscription: Subscription | undefined): ClientInfo;
  /** Ends a subscription, and tells it. */
  expel(subscription: Subscription, farewell: Farewell): void;
  /** Sees to it that it, and its subscriptions, end when their time is over; to be called when one of these times changes. */
  watchTime(): void;
}
