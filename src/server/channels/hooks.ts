import type { Farewell } from '../transport/driver.ts';
import type { Payload } from './protocol/schema.ts';
import { payloadOf } from './tokens.ts';

/** A client as the application's hooks see it. */
export interface ChannelClient {
  /** Of this connection; another after it reconnects. */
  readonly id: string;
  /** Empty for who connected without a proof. */
  readonly user: string;
  /** Channels it is subscribed to. */
  readonly channels: Iterable<string>;
  disconnect(farewell?: Farewell): void;
}

/** A client that wants to connect. `data` is what it sent along. */
export interface ConnectEvent {
  readonly client: string;
  readonly user: string;
  readonly name: string;
  readonly version: string;
  readonly data: unknown;
}

/** What a client gets when it connects. */
export interface ConnectGrant {
  /** Sent to it in the reply. */
  readonly data?: unknown;
  /** Shown to others in presence, joins and publications. */
  readonly info?: unknown;
  /** Channels it is subscribed to without asking. */
  readonly channels?: readonly string[];
}

export interface SubscribeEvent {
  readonly client: ChannelClient;
  readonly channel: string;
  readonly data: unknown;
}

/** What a client gets when it subscribes. */
export interface SubscribeGrant {
  /** Sent to it in the reply. */
  readonly data?: unknown;
  /** Shown to others in presence, joins and publications of this channel. */
  readonly info?: unknown;
  /** When the subscription ends, in seconds since 1970. */
  readonly expiresAt?: number;
}

export interface PublishEvent {
  readonly client: ChannelClient;
  readonly channel: string;
  readonly data: unknown;
}

export interface RpcEvent {
  readonly client: ChannelClient;
  readonly method: string;
  readonly data: unknown;
}

export interface MessageEvent {
  readonly client: ChannelClient;
  readonly data: unknown;
}

/** `true` or a grant allows, `false` denies, and undefined leaves the decision to the namespace's permissions. */
export type Decision<Grant> = Grant | boolean | undefined;

/**
 * What an application decides on. A hook that throws a ReplyError answers the command with it; a DisconnectClient ends
 * the connection; anything else is logged, and the client is told of an internal error.
 */
export interface Hooks {
  connect?: (event: ConnectEvent) => Promise<Decision<ConnectGrant>> | Decision<ConnectGrant>;
  subscribe?: (event: SubscribeEvent) => Promise<Decision<SubscribeGrant>> | Decision<SubscribeGrant>;
  publish?: (event: PublishEvent) => Promise<Decision<never>> | Decision<never>;
  message?: (event: MessageEvent) => Promise<void> | void;
  readonly rpc: Map<string, (event: RpcEvent) => unknown>;
}

/** A payload as a value: what JSON says; bytes that are no JSON stay bytes. */
export function toValue(payload: Payload | undefined): unknown {
  if (payload === undefined) return undefined;
  try {
    return JSON.parse(payload.toString());
  } catch {
    return payload;
  }
}

/** A value as a payload: bytes stay as they are, anything else becomes JSON. */
export function toPayload(value: unknown): Payload | undefined {
  return Buffer.isBuffer(value) ? value : payloadOf(value);
}
