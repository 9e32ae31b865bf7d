import { randomUUID } from 'node:crypto';
import type { Backend } from '../observability/backend.ts';
import type { AskedRedis } from './asked-redis.ts';
import { Feeds } from './feeds.ts';
import { failureOf, type RedisClient, type RedisClientOptions, redisClient } from './redis-client.ts';
import { topologyOf } from './topology.ts';

export interface RedisLinkOptions extends Omit<RedisClientOptions, 'timeoutMs'> {
  readonly backend: Backend;
  /** How often a replica shows that it lives, in milliseconds; 5,000 by default. */
  readonly heartbeatMs?: number;
}

/** Who is told of messages whose channel begins with its prefix. */
export interface RedisListener {
  readonly prefix: string;
  heard(channel: string, message: Buffer): void;
  /**
   * Subscribed to all that was subscribed to: for the first time, or again after messages may not have come, which in a
   * Cluster may be those of some channels only.
   */
  connected(): void;
  /** At every heartbeat. */
  beat(): void;
}

/** Heartbeats a replica may miss before the others take it for dead. */
const MISSED_BEATS = 3;
/** Between heartbeats while delivery does not work. */
const IMPATIENT_BEAT_MS = 1_000;
/** A message to itself that takes longer is taken for lost. */
const PATIENCE_MS = 2_500;
const COMMAND_TIMEOUT_MS = 3_000;

/**
 * The connections to Redis, for commands and for messages, that all of a replica shares.
 *
 * A replica lives as long as its key does, which it renews. With each renewal it sends itself a message through each server:
 * only when that comes back does delivery work.
 */
export class RedisLink implements AskedRedis {
  /** Id of this replica. */
  readonly replica = randomUUID();
  readonly heartbeatMs: number;
  readonly commands: RedisClient;
  readonly backend: Backend;
  /** Whether channels belong to hash slots, as they do in a Cluster. */
  readonly sharded: boolean;
  readonly #feeds: Feeds;
  readonly #listeners: RedisListener[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor({ backend, heartbeatMs = 5_000, ...options }: RedisLinkOptions) {
    this.backend = backend;
    this.heartbeatMs = heartbeatMs;
    this.commands = redisClient({ ...options, timeoutMs: COMMAND_TIMEOUT_MS });
    const topology = topologyOf(options.redis, this.commands, COMMAND_TIMEOUT_MS);
    this.sharded = topology.sharded;
    this.#feeds = new Feeds(topology, lifeOf(this.replica), {
      heard: (channel, message) => this.#heard(channel, message),
      failed: (error) => this.#down(error),
      send: (channel, message) => this.#send(channel, message),
      works: (anew) => this.#up(anew),
    });
    this.commands.on('error', (error) => this.#down(error));
    this.commands.on('close', () => {
      this.#feeds.doubt();
      this.#down();
    });
    this.commands.on('ready', () => this.#beat());
  }

  /** Whether commands can be sent. */
  get ready(): boolean {
    return this.commands.status === 'ready';
  }

  /** It is away as well while messages do not come through it: then who asks would wait, again and again. */
  async ask<T>(command: (redis: RedisClient) => Promise<T>): Promise<T | undefined> {
    if (!this.ready || !this.backend.isUp) return undefined;
    return command(this.commands).catch(() => undefined);
  }

  listen(listener: RedisListener): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.commands.connect().catch(ignored);
    this.#feeds.start();
  }

  /** When Redis is away, it resolves nevertheless: all is subscribed to as soon as it is back, and listeners are told. */
  subscribe(channel: string): Promise<void> {
    return this.#feeds.subscribe(channel);
  }

  unsubscribe(channel: string): void {
    this.#feeds.unsubscribe(channel);
  }

  /** Sends to all who are subscribed to a channel. */
  publish(channel: string, message: string | Buffer): Promise<unknown> {
    return this.sharded ? this.commands.spublish(channel, message) : this.commands.publish(channel, message);
  }

  /** Ids out of these whose replicas live. */
  async alive(replicas: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await Promise.all(replicas.map((id) => this.commands.exists(lifeOf(id))));
    return new Set(replicas.filter((_, index) => found[index] === 1));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.ready) await this.commands.del(lifeOf(this.replica)).catch(ignored);
    this.#feeds.close();
    this.commands.disconnect();
  }

  #beat(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    const pause = this.backend.isUp ? this.heartbeatMs : Math.min(this.heartbeatMs, IMPATIENT_BEAT_MS);
    this.#timer = setTimeout(() => this.#beat(), pause);
    this.#feeds.beat(PATIENCE_MS);
    if (!this.ready) return;
    this.commands
      .set(lifeOf(this.replica), '1', 'PX', this.heartbeatMs * MISSED_BEATS)
      .catch((error) => this.#down(error));
    for (const listener of this.#listeners) listener.beat();
  }

  #send(channel: string, message: string): boolean {
    if (!this.ready) return false;
    this.publish(channel, message).catch((error) => this.#down(error));
    return true;
  }

  #up(anew: boolean): void {
    if (this.#closed || (this.backend.isUp && !anew)) return;
    this.backend.up();
    for (const listener of this.#listeners) listener.connected();
  }

  #down(error?: Error): void {
    const failure = error && failureOf(error);
    // When it is closed on purpose there is nothing to tell, and why it could not be reached is better than that it closed.
    if (this.#closed || (failure === undefined && !this.backend.isUp)) return;
    this.backend.down(failure ?? new Error('CLOSED by Redis'));
  }

  #heard(channel: string, message: Buffer): void {
    this.#listeners.find(({ prefix }) => channel.startsWith(prefix))?.heard(channel, message);
  }
}

/** Key that lives as long as a replica keeps renewing it. */
function lifeOf(replica: string): string {
  return `tidegate:replica:${replica}`;
}

/** The client's own events tell of the outage. */
function ignored(): void {}
