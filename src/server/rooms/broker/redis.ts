import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Settings } from '../../../spec/settings.ts';
import type { Backend } from '../../observability/backend.ts';
import { retryDelay } from '../../store/back-off.ts';
import type { RoomMessage } from '../local-room.ts';
import type { Broker, BrokerReceiver } from './broker.ts';
import { decodeNotice, encodeNotice, redisName, roomOfChannel } from './redis-wire.ts';

export interface RedisBrokerOptions {
  readonly redis: Settings['redis'];
  /** Asked before each attempt to connect. */
  readonly password: () => string | undefined;
  readonly backend: Backend;
  /** How often a replica renews what it has in Redis, in milliseconds; 5,000 by default. */
  readonly heartbeatMs?: number;
}

/** Heartbeats a replica may miss before the others take it for dead. */
const MISSED_BEATS = 3;
/** Messages on their way to Redis before senders are held back. */
const MOST_IN_FLIGHT = 512;
const COMMAND_TIMEOUT_MS = 3_000;

/**
 * Publishes to Redis and hears the other replicas from it. What is sent here is delivered here without Redis, so a
 * replica that has lost it still serves its own clients.
 *
 * Presence: each replica writes its users under its own id, and a key that expires unless renewed; users of an id
 * without that key are gone.
 */
export class RedisBroker implements Broker {
  /** Messages that did not reach Redis, and so not the other replicas. */
  failures = 0;
  readonly #id = randomUUID();
  readonly #backend: Backend;
  readonly #heartbeatMs: number;
  readonly #commands: Redis;
  readonly #subscriber: Redis;
  readonly #rooms = new Set<string>();
  readonly #users = new Map<string, readonly string[]>();
  #receiver: BrokerReceiver | undefined;
  #timer: NodeJS.Timeout | undefined;
  #beatSent = false;
  #beatHeard = false;
  #inFlight = 0;

  constructor({ redis, password, backend, heartbeatMs = 5_000 }: RedisBrokerOptions) {
    this.#backend = backend;
    this.#heartbeatMs = heartbeatMs;
    const options = {
      host: redis.host,
      port: redis.port,
      ...(redis.tls && { tls: {} }),
      connectionName: 'tidegate',
      lazyConnect: true,
      // A command either reaches Redis now or fails now: a chat message that arrives a minute late helps nobody.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: COMMAND_TIMEOUT_MS,
      password: password(),
    };
    this.#commands = new Redis({ ...options, enableAutoPipelining: true });
    this.#subscriber = new Redis(options);
    for (const client of [this.#commands, this.#subscriber]) {
      client.options.retryStrategy = (attempt) => {
        client.options.password = password();
        return retryDelay(attempt);
      };
      client.on('error', (error) => backend.down(error));
      client.on('close', () => {
        if (backend.isUp) backend.down(new Error('CLOSED by Redis'));
      });
      client.on('ready', () => this.#ready());
    }
    this.#subscriber.on('message', this.#heard);
  }

  start(receiver: BrokerReceiver): void {
    this.#receiver = receiver;
    for (const client of [this.#commands, this.#subscriber]) client.connect().catch(ignored);
  }

  async subscribe(room: string): Promise<void> {
    this.#rooms.add(room);
    // When Redis is away, all rooms are subscribed to as soon as it is back.
    if (this.#subscriber.status === 'ready') {
      await this.#subscriber.subscribe(redisName.room(room)).catch(ignored);
    }
  }

  unsubscribe(room: string): void {
    this.#rooms.delete(room);
    if (this.#subscriber.status === 'ready') {
      this.#subscriber.unsubscribe(redisName.room(room)).catch(ignored);
    }
  }

  async publish(room: string, message: RoomMessage): Promise<void> {
    if (this.#commands.status !== 'ready') {
      this.failures += 1;
      return;
    }
    this.#inFlight += 1;
    const notice = encodeNotice({ kind: 'message', from: this.#id, message });
    const sent = this.#commands.publish(redisName.room(room), notice).then(
      () => {
        this.#inFlight -= 1;
      },
      (error) => {
        this.#inFlight -= 1;
        this.failures += 1;
        this.#backend.down(error);
      },
    );
    if (this.#inFlight >= MOST_IN_FLIGHT) await sent;
  }

  setUsers(room: string, users: readonly string[]): void {
    if (users.length === 0) this.#users.delete(room);
    else this.#users.set(room, users);
    if (this.#commands.status !== 'ready') return;
    const notice = encodeNotice({ kind: 'presence', from: this.#id });
    Promise.all([this.#writeUsers(room, users), this.#commands.publish(redisName.room(room), notice)]).catch(
      ignored,
    );
  }

  async otherUsers(room: string): Promise<readonly string[]> {
    if (this.#commands.status !== 'ready') return [];
    try {
      const lists = Object.entries(await this.#commands.hgetall(redisName.users(room)));
      const others = lists.filter(([replica]) => replica !== this.#id);
      const alive = await Promise.all(
        others.map(([replica]) => this.#commands.exists(redisName.replica(replica))),
      );
      const dead = others.filter((_, index) => alive[index] === 0).map(([replica]) => replica);
      if (dead.length > 0) await this.#commands.hdel(redisName.users(room), ...dead);
      return others
        .filter((_, index) => alive[index] !== 0)
        .flatMap(([, list]) => JSON.parse(list) as string[]);
    } catch (error) {
      this.#backend.down(error);
      return [];
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#commands.status === 'ready') {
      const gone = [...this.#users.keys()].map((room) =>
        this.#commands.hdel(redisName.users(room), this.#id),
      );
      await Promise.all([...gone, this.#commands.del(redisName.replica(this.#id))]).catch(ignored);
    }
    this.#commands.disconnect();
    this.#subscriber.disconnect();
  }

  #ready(): void {
    if (this.#commands.status !== 'ready' || this.#subscriber.status !== 'ready') return;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#beat(), this.#heartbeatMs);
    this.#beatSent = false;
    const channels = [redisName.replica(this.#id), ...[...this.#rooms].map(redisName.room)];
    this.#subscriber.subscribe(...channels).then(() => this.#beat(), ignored);
  }

  /**
   * Renews what this replica has in Redis, and sends itself a message: only when that comes back do publisher and
   * subscriber talk to the same, living Redis.
   */
  #beat(): void {
    if (this.#commands.status !== 'ready' || this.#subscriber.status !== 'ready') return;
    if (this.#beatSent && !this.#beatHeard) {
      this.#beatSent = false;
      this.#backend.down(new Error('TIMEOUT of the message to itself'));
      this.#commands.disconnect(true);
      this.#subscriber.disconnect(true);
      return;
    }
    this.#beatSent = true;
    this.#beatHeard = false;
    const self = redisName.replica(this.#id);
    Promise.all([
      this.#commands.set(self, '1', 'PX', this.#heartbeatMs * MISSED_BEATS),
      ...[...this.#users].map(([room, users]) => this.#writeUsers(room, users)),
      this.#commands.publish(self, ''),
    ]).catch((error) => this.#backend.down(error));
    for (const room of this.#rooms) this.#receiver?.presenceChanged(room);
  }

  async #writeUsers(room: string, users: readonly string[]): Promise<void> {
    const key = redisName.users(room);
    if (users.length === 0) {
      await this.#commands.hdel(key, this.#id);
      return;
    }
    await Promise.all([
      this.#commands.hset(key, this.#id, JSON.stringify(users)),
      this.#commands.pexpire(key, this.#heartbeatMs * MISSED_BEATS * 4),
    ]);
  }

  readonly #heard = (channel: string, data: string): void => {
    const room = roomOfChannel(channel);
    if (room === undefined) {
      this.#beatHeard = true;
      this.#backend.up();
      return;
    }
    const notice = decodeNotice(data);
    if (notice === undefined || notice.from === this.#id) return;
    if (notice.kind === 'message') this.#receiver?.deliver(room, notice.message);
    else this.#receiver?.presenceChanged(room);
  };
}

/** The client's own events tell of the outage. */
function ignored(): void {}
