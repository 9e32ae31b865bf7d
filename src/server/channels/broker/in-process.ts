import { randomUUID } from 'node:crypto';
import type { ClientInfo, Publication } from '../protocol/schema.ts';
import {
  type Broker,
  type BrokerReceiver,
  type HistoryQuery,
  IDEMPOTENCY_SECONDS,
  type Position,
  type PublishOptions,
  type Replica,
  type Retention,
  type StreamPart,
} from './broker.ts';
import { Stream } from './stream.ts';

const DONE = Promise.resolve();
/** How often what is too old is dropped; until then it is only passed over. */
const SWEEP_MS = 10_000;

/** For one replica: streams and presence are in its memory, and end with it. */
export class InProcessBroker implements Broker {
  readonly #id = randomUUID();
  readonly #streams = new Map<string, Stream>();
  readonly #presence = new Map<string, Map<string, ClientInfo>>();
  /** Positions by idempotency key; the oldest first, as a Map keeps the order. */
  readonly #published = new Map<string, { readonly position: Position; readonly until: number }>();
  readonly #now: () => number;
  #receiver: BrokerReceiver | undefined;
  #report: Omit<Replica, 'id'> = { clients: 0, subscriptions: 0, channels: 0 };
  #timer: NodeJS.Timeout | undefined;

  /** @param now milliseconds by a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  start(receiver: BrokerReceiver): void {
    this.#receiver = receiver;
    this.#timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  subscribe(): Promise<void> {
    return DONE;
  }

  unsubscribe(): void {}

  async publish(
    channel: string,
    publication: Publication,
    { retention, idempotencyKey }: PublishOptions,
  ): Promise<Position> {
    const key = idempotencyKey === undefined ? undefined : JSON.stringify([channel, idempotencyKey]);
    const earlier = key === undefined ? undefined : this.#published.get(key);
    if (earlier !== undefined && earlier.until > this.#now()) return earlier.position;
    const position = this.#append(channel, publication, retention);
    if (key !== undefined) {
      this.#published.delete(key);
      this.#published.set(key, { position, until: this.#now() + IDEMPOTENCY_SECONDS * 1_000 });
    }
    return position;
  }

  #append(channel: string, publication: Publication, retention: Retention | undefined): Position {
    if (retention === undefined) {
      this.#receiver?.published(channel, publication, '');
      return { offset: 0, epoch: '' };
    }
    const stream = this.#stream(channel);
    this.#receiver?.published(channel, stream.append(publication, retention, this.#now()), stream.epoch);
    return stream.position;
  }

  async tell(channel: string, what: 'join' | 'leave', info: ClientInfo): Promise<void> {
    if (what === 'join') this.#receiver?.joined(channel, info);
    else this.#receiver?.left(channel, info);
  }

  async position(channel: string, retention: Retention): Promise<Position> {
    const stream = this.#stream(channel);
    stream.touch(retention, this.#now());
    return stream.position;
  }

  async history(channel: string, query: HistoryQuery, retention: Retention): Promise<StreamPart> {
    const stream = this.#stream(channel);
    stream.touch(retention, this.#now());
    return stream.read(query, this.#now());
  }

  async removeHistory(channel: string): Promise<void> {
    this.#streams.get(channel)?.clear();
  }

  async invalidate(channel: string, { epoch, offset }: Position): Promise<void> {
    const position = this.#streams.get(channel)?.position;
    if (position?.epoch === epoch && position.offset < offset) this.#streams.delete(channel);
  }

  async addPresence(channel: string, info: ClientInfo): Promise<void> {
    const present = this.#presence.get(channel) ?? new Map<string, ClientInfo>();
    this.#presence.set(channel, present.set(info.client ?? '', info));
  }

  async removePresence(channel: string, client: string): Promise<void> {
    const present = this.#presence.get(channel);
    present?.delete(client);
    if (present?.size === 0) this.#presence.delete(channel);
  }

  async presence(channel: string): Promise<Readonly<Record<string, ClientInfo>>> {
    return Object.fromEntries(this.#presence.get(channel) ?? []);
  }

  async call(call: Buffer): Promise<void> {
    this.#receiver?.called(call);
  }

  report(replica: Omit<Replica, 'id'>): void {
    this.#report = replica;
  }

  async replicas(): Promise<readonly Replica[]> {
    return [{ id: this.#id, ...this.#report }];
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
  }

  /** Drops what is too old. */
  sweep(): void {
    const now = this.#now();
    for (const [channel, stream] of this.#streams) {
      stream.expire(now);
      if (stream.forgotten(now)) this.#streams.delete(channel);
    }
    for (const [key, { until }] of this.#published) {
      if (until > now) break;
      this.#published.delete(key);
    }
  }

  #stream(channel: string): Stream {
    let stream = this.#streams.get(channel);
    if (stream === undefined || stream.forgotten(this.#now())) {
      stream = new Stream();
      stream.touch({ size: 0, ttlSeconds: 0 }, this.#now());
      this.#streams.set(channel, stream);
    }
    return stream;
  }
}
