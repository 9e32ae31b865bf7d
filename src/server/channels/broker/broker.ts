import type { ClientInfo, Publication } from '../protocol/schema.ts';

/**
 * A place in a channel's stream. Offsets count from 1 within an epoch, which changes when the stream is lost. They leap when
 * what keeps it may have lost the end of it.
 */
export interface Position {
  readonly offset: number;
  readonly epoch: string;
}

/** What a broker keeps of a channel. Publications vanish, all at once, so many seconds after the last of them. */
export interface Retention {
  readonly size: number;
  readonly ttlSeconds: number;
}

export interface PublishOptions {
  /** Without it the publication gets no offset, and is only delivered. */
  readonly retention?: Retention | undefined;
  /** For five minutes a second publication with the same key in the channel does nothing but give the position of the first. */
  readonly idempotencyKey?: string | undefined;
}

/** Which publications of a stream are wanted, oldest first, or newest first when reversed. */
export interface HistoryQuery {
  /** Those after this offset; when reversed, those before it. All by default. */
  readonly since?: number | undefined;
  /** At most so many; no limit by default. */
  readonly limit?: number | undefined;
  readonly reverse?: boolean | undefined;
}

/** Publications of a stream, and its end at that time. */
export interface StreamPart extends Position {
  readonly publications: readonly Publication[];
  /** Of publications whose offset is not the next one: the offset of the publication before. */
  readonly leaps?: ReadonlyMap<number, number>;
}

/** What a broker tells a replica. Of one channel, publications come in the order of their offsets. */
export interface BrokerReceiver {
  /**
   * @param epoch of the stream; empty for a publication without an offset
   * @param after offset of the publication before it; the one below its own by default
   */
  published(channel: string, publication: Publication, epoch: string, after?: number): void;
  joined(channel: string, info: ClientInfo): void;
  left(channel: string, info: ClientInfo): void;
  /** A call to all replicas, this one included. */
  called(call: Buffer): void;
  /** What was published meanwhile may not have come. */
  reconnected(): void;
}

/** Another replica, or this one, as the registry knows it. */
export interface Replica {
  readonly id: string;
  readonly clients: number;
  readonly subscriptions: number;
  readonly channels: number;
}

/**
 * Keeps the streams and the presence of channels, and delivers between replicas.
 *
 * @throws BrokerUnavailable from every method that gives a promise, when what is behind it is away
 */
export interface Broker {
  start(receiver: BrokerReceiver): void;
  /** From when it resolves, what happens in the channel is told to the receiver. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
  /** Appends to the stream and delivers to all subscribed replicas, this one included. */
  publish(channel: string, publication: Publication, options: PublishOptions): Promise<Position>;
  /** Delivers that a client has come or gone. */
  tell(channel: string, what: 'join' | 'leave', info: ClientInfo): Promise<void>;
  /** The end of a stream, which begins to exist when it did not. */
  position(channel: string, retention: Retention): Promise<Position>;
  history(channel: string, query: HistoryQuery, retention: Retention): Promise<StreamPart>;
  /** Removes the publications of a stream; its position stays. */
  removeHistory(channel: string): Promise<void>;
  /**
   * Begins a new epoch when a position of the same epoch that was seen is not in the stream, but after its end or within a
   * leap: what was there is lost, and whoever has not seen it cannot have it any more.
   */
  invalidate(channel: string, position: Position): Promise<void>;
  addPresence(channel: string, info: ClientInfo): Promise<void>;
  removePresence(channel: string, client: string): Promise<void>;
  /** Who is subscribed, on all replicas, by client id. */
  presence(channel: string): Promise<Readonly<Record<string, ClientInfo>>>;
  /** Calls every replica. */
  call(call: Buffer): Promise<void>;
  /** Makes known how this replica does. */
  report(replica: Omit<Replica, 'id'>): void;
  replicas(): Promise<readonly Replica[]>;
  close(): Promise<void>;
}

/** What keeps the streams cannot be reached. */
export class BrokerUnavailable extends Error {
  override readonly name = 'BrokerUnavailable';
}

/** For how long a publication's idempotency key is remembered. */
export const IDEMPOTENCY_SECONDS = 300;

/**
 * For how long after its last publication, or the last look at it, the position of a stream is remembered. Longer than its
 * publications, so that who comes back to a silent channel is told that nothing was missed; not so long for a stream in
 * which nothing was ever published, as anyone who may subscribe can begin as many as he likes.
 */
export function positionTtlSeconds({ ttlSeconds }: Retention, empty: boolean): number {
  return ttlSeconds + (empty ? 120 : 86_400);
}
