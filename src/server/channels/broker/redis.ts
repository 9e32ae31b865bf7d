import { randomUUID } from 'node:crypto';
import type { RedisLink } from '../../store/redis-link.ts';
import { writeProtobuf } from '../protocol/protobuf.ts';
import { type ClientInfo, clientInfo, keptPublication, type Publication } from '../protocol/schema.ts';
import {
  type Broker,
  type BrokerReceiver,
  BrokerUnavailable,
  type HistoryQuery,
  IDEMPOTENCY_SECONDS,
  type Position,
  type PublishOptions,
  positionTtlSeconds,
  type Replica,
  type Retention,
  type StreamPart,
} from './broker.ts';
import { RedisPresence } from './redis-presence.ts';
import type { ChannelRedis } from './redis-scripts.ts';
import { CALLS, channelOf, decodeNotice, PREFIX, placed, REPORTS, redisName } from './redis-wire.ts';

const NO_RETENTION: Retention = { size: 0, ttlSeconds: 0 };

/** Streams, presence and delivery in Redis, for any number of replicas. */
export class RedisBroker implements Broker {
  readonly #link: RedisLink;
  readonly #redis: ChannelRedis;
  readonly #presence: RedisPresence;
  #receiver: BrokerReceiver | undefined;
  #report: Omit<Replica, 'id'> = { clients: 0, subscriptions: 0, channels: 0 };

  /** @param link one that knows CHANNEL_SCRIPTS */
  constructor(link: RedisLink) {
    this.#link = link;
    this.#redis = link.commands as ChannelRedis;
    this.#presence = new RedisPresence(link);
    link.listen({
      prefix: PREFIX,
      heard: (name, data) => this.#heard(name, data),
      connected: () => {
        this.#presence.restore();
        this.#receiver?.reconnected();
      },
      beat: () => {
        this.#presence.beat();
        this.#redis.hset(REPORTS, link.replica, JSON.stringify(this.#report)).catch(ignored);
      },
    });
  }

  start(receiver: BrokerReceiver): void {
    this.#receiver = receiver;
    void this.#link.subscribe(CALLS);
  }

  subscribe(channel: string): Promise<void> {
    return this.#link.subscribe(redisName.notices(channel));
  }

  unsubscribe(channel: string): void {
    this.#link.unsubscribe(redisName.notices(channel));
  }

  async publish(
    channel: string,
    { offset: _, ...content }: Publication,
    { retention = NO_RETENTION, idempotencyKey }: PublishOptions,
  ): Promise<Position> {
    const [offset, epoch] = await this.#try(() =>
      this.#redis.channelPublish(
        redisName.meta(channel),
        redisName.stream(channel),
        redisName.once(channel, idempotencyKey ?? ''),
        writeProtobuf(keptPublication, content),
        redisName.notices(channel),
        retention.size,
        retention.ttlSeconds,
        positionTtlSeconds(retention, false),
        newEpoch(),
        idempotencyKey === undefined ? 0 : IDEMPOTENCY_SECONDS,
        this.#link.sharded ? 'SPUBLISH' : 'PUBLISH',
      ),
    );
    return { offset, epoch };
  }

  async tell(channel: string, what: 'join' | 'leave', info: ClientInfo): Promise<void> {
    const notice = Buffer.concat([Buffer.from(what === 'join' ? 'j' : 'l'), writeProtobuf(clientInfo, info)]);
    await this.#try(() => this.#link.publish(redisName.notices(channel), notice));
  }

  async position(channel: string, retention: Retention): Promise<Position> {
    const { offset, epoch } = await this.#read(channel, retention, []);
    return { offset, epoch };
  }

  history(
    channel: string,
    { since, limit, reverse }: HistoryQuery,
    retention: Retention,
  ): Promise<StreamPart> {
    const count = limit ?? retention.size;
    const range = reverse
      ? ['XREVRANGE', since === undefined ? '+' : `(${since}-0`, '-', count]
      : ['XRANGE', since === undefined ? '-' : `(${since}-0`, '+', count];
    return this.#read(channel, retention, range);
  }

  async #read(
    channel: string,
    retention: Retention,
    range: readonly (string | number)[],
  ): Promise<StreamPart> {
    const [offset, epoch, entries] = await this.#try(() =>
      this.#redis.channelReadBuffer(
        redisName.meta(channel),
        redisName.stream(channel),
        newEpoch(),
        positionTtlSeconds(retention, false),
        positionTtlSeconds(retention, true),
        ...range,
      ),
    );
    // For a count of 0 there is no list.
    const kept = (entries ?? []).map(([id, [, bytes, , after]]) => ({
      offset: Number.parseInt(id.toString('latin1'), 10),
      bytes: bytes as Buffer,
      after: after && Number(after.toString('latin1')),
    }));
    const leaps = kept.flatMap(({ offset, after }) =>
      after === undefined ? [] : [[offset, after] as const],
    );
    return {
      offset,
      epoch: epoch.toString(),
      publications: kept.map(({ bytes, offset }) => placed(bytes, offset)),
      ...(leaps.length > 0 && { leaps: new Map(leaps) }),
    };
  }

  async removeHistory(channel: string): Promise<void> {
    await this.#try(() => this.#redis.del(redisName.stream(channel)));
  }

  async invalidate(channel: string, { epoch, offset }: Position): Promise<void> {
    const keys = [redisName.meta(channel), redisName.stream(channel)];
    await this.#try(() => this.#redis.channelInvalidate(...keys, epoch, offset, newEpoch()));
  }

  addPresence(channel: string, info: ClientInfo): Promise<void> {
    return this.#try(() => this.#presence.add(channel, info));
  }

  removePresence(channel: string, client: string): Promise<void> {
    return this.#try(() => this.#presence.remove(channel, client));
  }

  presence(channel: string): Promise<Readonly<Record<string, ClientInfo>>> {
    return this.#try(() => this.#presence.all(channel));
  }

  async call(call: Buffer): Promise<void> {
    await this.#try(() => this.#link.publish(CALLS, call));
  }

  report(replica: Omit<Replica, 'id'>): void {
    this.#report = replica;
  }

  replicas(): Promise<readonly Replica[]> {
    return this.#try(async () => {
      const reports = Object.entries(await this.#redis.hgetall(REPORTS));
      const alive = await this.#link.alive(reports.map(([id]) => id));
      const dead = reports.map(([id]) => id).filter((id) => !alive.has(id));
      if (dead.length > 0) await this.#redis.hdel(REPORTS, ...dead);
      return reports
        .filter(([id]) => alive.has(id))
        .map(([id, report]) => ({ id, ...(JSON.parse(report) as Omit<Replica, 'id'>) }));
    });
  }

  async close(): Promise<void> {
    if (!this.#link.ready) return;
    await Promise.all([this.#presence.clear(), this.#redis.hdel(REPORTS, this.#link.replica)]).catch(ignored);
  }

  async #try<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#link.ready) throw new BrokerUnavailable('Redis is away');
    try {
      return await work();
    } catch (error) {
      throw new BrokerUnavailable('Redis failed', { cause: error });
    }
  }

  #heard(name: string, data: Buffer): void {
    if (name === CALLS) {
      this.#receiver?.called(data);
      return;
    }
    const notice = decodeNotice(data);
    if (notice === undefined) return;
    const channel = channelOf(name);
    if (notice.kind === 'publication') {
      this.#receiver?.published(channel, notice.publication, notice.epoch, notice.after);
    } else if (notice.kind === 'join') this.#receiver?.joined(channel, notice.info);
    else this.#receiver?.left(channel, notice.info);
  }
}

function newEpoch(): string {
  return randomUUID().slice(0, 8);
}

/** The link tells of the outage. */
function ignored(): void {}
