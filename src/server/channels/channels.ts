import type { Logger } from 'pino';
import { LinkedList } from '../../platform/linked-list.ts';
import type { Settings } from '../../spec/settings.ts';
import type { Expiries } from '../auth/expiries.ts';
import type { Tally } from '../observability/tally.ts';
import type { Farewell } from '../transport/driver.ts';
import type { Medium } from '../transport/fan-out.ts';
import type { Turn } from '../transport/turn.ts';
import type { Broker, BrokerReceiver, Position, Replica } from './broker/broker.ts';
import { type Call, carryOut, decodeCall, encodeCall, type ServerGrant, type Target } from './calls.ts';
import type { Client, Context, Proof } from './client.ts';
import { readHistory } from './commands/ask.ts';
import { ChannelCounts } from './counts.ts';
import { type Hooks, type RpcEvent, toValue } from './hooks.ts';
import { Hub } from './hub.ts';
import { type ChannelOptions, Namespaces, retentionOf } from './namespaces.ts';
import { DISCONNECT, ERROR } from './protocol/codes.ts';
import type { ClientInfo, Publication } from './protocol/schema.ts';
import { type Part, WIRES, type Wire } from './protocol/wire.ts';
import { Session, type Transport } from './session.ts';
import { payloadOf, Tokens, type TokenVerifier } from './tokens.ts';

export interface PublishOptions {
  /** For five minutes a second publication with the same key in the channel does nothing. */
  readonly idempotencyKey?: string | undefined;
  /** Sent along with the publication. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Only deliver: it is not kept, and who is away does not get it. False by default. */
  readonly skipHistory?: boolean | undefined;
}

export interface HistoryOptions {
  /** At most so many; all by default. */
  readonly limit?: number | undefined;
  /** Those after this position; when reversed, those before it. */
  readonly since?: Partial<Position> | undefined;
  /** Newest first. False by default. */
  readonly reverse?: boolean | undefined;
}

/** Who is subscribed to a channel. */
export interface Present {
  readonly client: string;
  /** Empty for who connected without a proof. */
  readonly user: string;
  readonly info?: unknown;
  readonly channelInfo?: unknown;
}

/** A publication as applications see it. */
export interface Published {
  readonly data: unknown;
  readonly offset: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** Who published it; absent when the server did. */
  readonly by?: Present;
}

export interface ChannelHistory extends Position {
  readonly publications: readonly Published[];
}

interface ChannelsOptions {
  readonly settings: Settings;
  readonly broker: Broker;
  readonly verifier: TokenVerifier;
  readonly expiries: Pick<Expiries, 'at'>;
  readonly turn: Turn;
  readonly tally: Tally;
  readonly log: Logger;
}

const TICK_MS = 1_000;

/**
 * Channels: what is published in one reaches all who are subscribed to it, on any replica; who was away for a while
 * gets what it missed. Clients connect with the Centrifugo protocol.
 */
export class Channels {
  readonly counts = new ChannelCounts();
  readonly #context: Context & { readonly hooks: Hooks };
  readonly #broker: Broker;
  readonly #hub: Hub;
  #timer: NodeJS.Timeout | undefined;

  constructor({ settings, broker, verifier, expiries, turn, tally, log }: ChannelsOptions) {
    const media = new Map<Wire, Medium<Part>>(WIRES.map((wire) => [wire, { turn, tally, join: wire.frame }]));
    this.#broker = broker;
    this.#hub = new Hub({ broker, counts: this.counts, mediumOf: (wire) => media.get(wire) as Medium<Part> });
    this.#context = {
      settings,
      broker,
      hub: this.#hub,
      namespaces: new Namespaces(settings.channels),
      hooks: { rpc: new Map() },
      tokens: new Tokens(verifier, settings.auth.subjectClaim),
      expiries,
      clients: new LinkedList(),
      counts: this.counts,
      log,
    };
  }

  /** Clients that are connected to this replica, whether they have sent their connect command or not. */
  get clients(): Iterable<Client> & { readonly size: number } {
    return this.#context.clients;
  }

  /** Channels with a subscriber on this replica. */
  get size(): number {
    return this.#hub.size;
  }

  start(): void {
    const receiver: BrokerReceiver = {
      published: (...args) => this.#hub.published(...args),
      joined: (...args) => this.#hub.joined(...args),
      left: (...args) => this.#hub.left(...args),
      reconnected: () => this.#hub.reconnected(),
      called: (bytes) => void this.#called(decodeCall(bytes)),
    };
    this.#broker.start(receiver);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#broker.close();
  }

  /** Takes on a client that is connected. */
  serve(wire: Wire, transport: Transport, proof?: Proof): Session {
    return new Session(wire, transport, this.#context, proof);
  }

  /**
   * Publishes a value, which must be one that JSON can hold.
   *
   * @returns its position; offset 0 in a channel without history
   * @throws ReplyError 102 when there is no such namespace
   * @throws BrokerUnavailable
   */
  async publish(
    channel: string,
    data: unknown,
    { idempotencyKey, tags, skipHistory = false }: PublishOptions = {},
  ): Promise<Position> {
    const retention = skipHistory ? undefined : retentionOf(this.#optionsOf(channel));
    const publication: Publication = { data: payloadOf(data ?? null), ...(tags !== undefined && { tags }) };
    return this.#broker.publish(channel, publication, { retention, idempotencyKey });
  }

  /** Who is subscribed. @throws ReplyError 102, 108 when the namespace has no presence @throws BrokerUnavailable */
  async presence(channel: string): Promise<readonly Present[]> {
    if (!this.#optionsOf(channel).presence) throw ERROR.notAvailable;
    return Object.values(await this.#broker.presence(channel)).map(presentOf);
  }

  /**
   * What was published.
   *
   * @throws ReplyError 102, 108 when the namespace has no history, 112 when the epoch of `since` is over
   * @throws BrokerUnavailable
   */
  async history(
    channel: string,
    { limit = -1, since, reverse }: HistoryOptions = {},
  ): Promise<ChannelHistory> {
    const request = { limit, since, reverse };
    const part = await readHistory(this.#context, channel, this.#optionsOf(channel), request);
    const { offset, epoch, publications } = part;
    return { offset, epoch, publications: publications.map(publishedOf) };
  }

  /** Removes what was published; positions go on from where they are. */
  removeHistory(channel: string): Promise<void> {
    return this.#broker.removeHistory(channel);
  }

  /** Subscribes clients that are connected now. @throws ReplyError 102 @throws BrokerUnavailable */
  async subscribe(target: Target, channel: string, grant: ServerGrant = {}): Promise<void> {
    this.#optionsOf(channel);
    await this.#call({ do: 'subscribe', target, channel, grant });
  }

  unsubscribe(target: Target, channel: string): Promise<void> {
    return this.#call({ do: 'unsubscribe', target, channel });
  }

  /** Ends connections; by default the clients do not come back by themselves. */
  disconnect(target: Target, farewell: Farewell = DISCONNECT.forceNoReconnect): Promise<void> {
    return this.#call({ do: 'disconnect', target, farewell });
  }

  /** The replicas that live, and what is on each. */
  replicas(): Promise<readonly Replica[]> {
    return this.#broker.replicas();
  }

  /** Decides on who connects, and with what. */
  onConnect(hook: NonNullable<Hooks['connect']>): void {
    this.#context.hooks.connect = hook;
  }

  /** Decides on who subscribes, before the namespace's permission does. */
  onSubscribe(hook: NonNullable<Hooks['subscribe']>): void {
    this.#context.hooks.subscribe = hook;
  }

  /** Decides on what clients publish, before the namespace's permission does. */
  onPublish(hook: NonNullable<Hooks['publish']>): void {
    this.#context.hooks.publish = hook;
  }

  /** Takes messages that clients send outside of any channel; without it, who sends one is disconnected. */
  onMessage(hook: NonNullable<Hooks['message']>): void {
    this.#context.hooks.message = hook;
  }

  /** Serves calls of clients by their name. What it returns, as JSON, is the answer; a ReplyError is the error. */
  onRpc(method: string, handler: (event: RpcEvent) => unknown): void {
    this.#context.hooks.rpc.set(method, handler);
  }

  #optionsOf(channel: string): ChannelOptions {
    const options = this.#context.namespaces.optionsOf(channel);
    if (options === undefined) throw ERROR.unknownChannel;
    return options;
  }

  #call(call: Call): Promise<void> {
    return this.#broker.call(encodeCall(call));
  }

  async #called(call: Call): Promise<void> {
    try {
      await carryOut(call, this.#context.clients);
    } catch (error) {
      this.#context.log.warn({ err: error, call: call.do }, 'A call of another replica failed');
    }
  }

  #tick(): void {
    this.#hub.tick();
    let subscriptions = 0;
    for (const client of this.clients) subscriptions += client.subscriptions.size;
    this.#broker.report({ clients: this.clients.size, subscriptions, channels: this.size });
  }
}

function presentOf({ client = '', user = '', conn_info, chan_info }: ClientInfo): Present {
  return {
    client,
    user,
    ...(conn_info !== undefined && { info: toValue(conn_info) }),
    ...(chan_info !== undefined && { channelInfo: toValue(chan_info) }),
  };
}

function publishedOf({ data, offset = 0, tags, info }: Publication): Published {
  return {
    data: toValue(data),
    offset,
    ...(tags !== undefined && { tags }),
    ...(info !== undefined && { by: presentOf(info) }),
  };
}
