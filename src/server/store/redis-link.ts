import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Backend } from '../observability/backend.ts';
import { type RedisClientOptions, redisClient } from './redis-client.ts';

export interface RedisLinkOptions extends Omit<RedisClientOptions, 'timeoutMs'> {
  readonly backend: Backend;
  /** How often a replica shows that it lives, in milliseconds; 5,000 by default. */
  readonly heartbeatMs?: number;
}

/** Who is told of messages whose channel begins with its prefix. */
export interface RedisListener {
  readonly prefix: string;
  heard(channel: string, message: Buffer): void;
  /** Connected, for the first time or again, and subscribed to all that was subscribed to. */
  connected(): void;
  /** At every heartbeat. */
  beat(): void;
}

/** Heartbeats a replica may miss before the others take it for dead. */
const MISSED_BEATS = 3;
const COMMAND_TIMEOUT_MS = 3_000;
/** Channels in one SUBSCRIBE. */
const MOST_AT_ONCE = 1_000;

/**
 * The two connections to Redis, for commands and for messages, that all of a replica shares.
 *
 * A replica lives as long as its key does, which it renews. With each renewal it sends itself a message: only when that
 * comes back do both connections talk to the same, living Redis.
 */
export class RedisLink {
  /** Id of this replica. */
  readonly replica = randomUUID();
  readonly heartbeatMs: number;
  readonly commands: Redis;
  readonly backend: Backend;
  readonly #subscriber: Redis;
  readonly #listeners: RedisListener[] = [];
  readonly #channels = new Set<string>();
  #touched = new Set<string>();
  #settling: Promise<void> | undefined;
  #subscribed = false;
  #timer: NodeJS.Timeout | undefined;
  #beatSent = false;
  #beatHeard = false;

  constructor({ backend, heartbeatMs = 5_000, ...options }: RedisLinkOptions) {
    this.backend = backend;
    this.heartbeatMs = heartbeatMs;
    this.commands = redisClient({ ...options, timeoutMs: COMMAND_TIMEOUT_MS });
    this.#subscriber = redisClient({ ...options, timeoutMs: COMMAND_TIMEOUT_MS });
    for (const client of [this.commands, this.#subscriber]) {
      client.on('error', (error) => backend.down(error));
      client.on('close', () => {
        this.#subscribed = false;
        if (backend.isUp) backend.down(new Error('CLOSED by Redis'));
      });
      client.on('ready', () => this.#ready());
    }
    this.#subscriber.on('messageBuffer', this.#heard);
  }

  /** Whether commands can be sent. */
  get ready(): boolean {
    return this.commands.status === 'ready';
  }

  listen(listener: RedisListener): void {
    this.#listeners.push(listener);
  }

  start(): void {
    for (const client of [this.commands, this.#subscriber]) client.connect().catch(ignored);
  }

  /** When Redis is away, it resolves nevertheless: all is subscribed to as soon as it is back, and listeners are told. */
  subscribe(channel: string): Promise<void> {
    this.#channels.add(channel);
    return this.#settle(channel);
  }

  unsubscribe(channel: string): void {
    this.#channels.delete(channel);
    void this.#settle(channel);
  }

  /** Ids out of these whose replicas live. */
  async alive(replicas: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await Promise.all(replicas.map((id) => this.commands.exists(lifeOf(id))));
    return new Set(replicas.filter((_, index) => found[index] === 1));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.ready) await this.commands.del(lifeOf(this.replica)).catch(ignored);
    this.commands.disconnect();
    this.#subscriber.disconnect();
  }

  /** Joins what changes in one turn into one command; what counts is how things stand at its end. */
  #settle(channel: string): Promise<void> {
    this.#touched.add(channel);
    this.#settling ??= Promise.resolve().then(() => {
      const touched = [...this.#touched];
      this.#touched = new Set();
      this.#settling = undefined;
      if (this.#subscriber.status !== 'ready') return;
      return this.#apply(touched);
    });
    return this.#settling;
  }

  async #apply(channels: readonly string[]): Promise<void> {
    const added = channels.filter((channel) => this.#channels.has(channel));
    const removed = channels.filter((channel) => !this.#channels.has(channel));
    const work: Promise<unknown>[] = [];
    for (const some of slices(removed)) work.push(this.#subscriber.unsubscribe(...some));
    for (const some of slices(added)) work.push(this.#subscriber.subscribe(...some));
    await Promise.all(work).catch(ignored);
  }

  #ready(): void {
    if (!this.ready || this.#subscriber.status !== 'ready') return;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#beat(), this.heartbeatMs);
    this.#beatSent = false;
    this.#apply([...this.#channels.add(lifeOf(this.replica))]).then(() => {
      this.#subscribed = true;
      this.#beat();
    });
  }

  #beat(): void {
    if (!this.ready || this.#subscriber.status !== 'ready') return;
    if (this.#beatSent && !this.#beatHeard) {
      this.#beatSent = false;
      this.backend.down(new Error('TIMEOUT of the message to itself'));
      this.commands.disconnect(true);
      this.#subscriber.disconnect(true);
      return;
    }
    this.#beatSent = true;
    this.#beatHeard = false;
    const life = lifeOf(this.replica);
    Promise.all([
      this.commands.set(life, '1', 'PX', this.heartbeatMs * MISSED_BEATS),
      this.commands.publish(life, ''),
    ]).catch((error) => this.backend.down(error));
    for (const listener of this.#listeners) listener.beat();
  }

  readonly #heard = (name: Buffer, message: Buffer): void => {
    const channel = name.toString();
    if (channel === lifeOf(this.replica)) {
      this.#beatHeard = true;
      if (this.backend.isUp || !this.#subscribed) return;
      this.backend.up();
      for (const listener of this.#listeners) listener.connected();
      return;
    }
    this.#listeners.find(({ prefix }) => channel.startsWith(prefix))?.heard(channel, message);
  };
}

/** Key that lives as long as a replica keeps renewing it, and the channel on which it hears itself. */
function lifeOf(replica: string): string {
  return `tidegate:replica:${replica}`;
}

function* slices(channels: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < channels.length; at += MOST_AT_ONCE) yield channels.slice(at, at + MOST_AT_ONCE);
}

/** The client's own events tell of the outage. */
function ignored(): void {}
