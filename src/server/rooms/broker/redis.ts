import type { RedisLink } from '../../store/redis-link.ts';
import type { RoomMessage } from '../local-room.ts';
import type { Broker, BrokerReceiver } from './broker.ts';
import { decodeNotice, encodeNotice, ROOM_PREFIX, redisName, roomOfChannel } from './redis-wire.ts';

/** Messages on their way to Redis before senders are held back. */
const MOST_IN_FLIGHT = 512;
/** Heartbeats that the users of a room are kept without a renewal. */
const LIFE_BEATS = 12;

/**
 * Publishes to Redis and hears the other replicas from it. What is sent here is delivered here without Redis, so a
 * replica that has lost it still serves its own clients.
 *
 * Presence: each replica writes its users under its own id; users of a replica that does not live any more are gone.
 */
export class RedisBroker implements Broker {
  /** Messages that did not reach Redis, and so not the other replicas. */
  failures = 0;
  readonly #link: RedisLink;
  readonly #rooms = new Set<string>();
  readonly #users = new Map<string, readonly string[]>();
  #receiver: BrokerReceiver | undefined;
  #inFlight = 0;

  constructor(link: RedisLink) {
    this.#link = link;
    link.listen({
      prefix: ROOM_PREFIX,
      heard: (channel, data) => this.#heard(channel, data.toString()),
      connected: () => {},
      beat: () => this.#beat(),
    });
  }

  start(receiver: BrokerReceiver): void {
    this.#receiver = receiver;
  }

  subscribe(room: string): Promise<void> {
    this.#rooms.add(room);
    return this.#link.subscribe(redisName.room(room));
  }

  unsubscribe(room: string): void {
    this.#rooms.delete(room);
    this.#link.unsubscribe(redisName.room(room));
  }

  async publish(room: string, message: RoomMessage): Promise<void> {
    if (!this.#link.ready) {
      this.failures += 1;
      return;
    }
    this.#inFlight += 1;
    const notice = encodeNotice({ kind: 'message', from: this.#link.replica, message });
    const sent = this.#link.publish(redisName.room(room), notice).then(
      () => {
        this.#inFlight -= 1;
      },
      (error) => {
        this.#inFlight -= 1;
        this.failures += 1;
        this.#link.backend.down(error);
      },
    );
    if (this.#inFlight >= MOST_IN_FLIGHT) await sent;
  }

  setUsers(room: string, users: readonly string[]): void {
    if (users.length === 0) this.#users.delete(room);
    else this.#users.set(room, users);
    if (!this.#link.ready) return;
    const notice = encodeNotice({ kind: 'presence', from: this.#link.replica });
    Promise.all([this.#writeUsers(room, users), this.#link.publish(redisName.room(room), notice)]).catch(
      ignored,
    );
  }

  async otherUsers(room: string): Promise<readonly string[]> {
    if (!this.#link.ready) return [];
    try {
      const lists = Object.entries(await this.#link.commands.hgetall(redisName.users(room)));
      const others = lists.filter(([replica]) => replica !== this.#link.replica);
      const alive = await this.#link.alive(others.map(([replica]) => replica));
      const dead = others.map(([replica]) => replica).filter((replica) => !alive.has(replica));
      if (dead.length > 0) await this.#link.commands.hdel(redisName.users(room), ...dead);
      return others
        .filter(([replica]) => alive.has(replica))
        .flatMap(([, list]) => JSON.parse(list) as string[]);
    } catch (error) {
      this.#link.backend.down(error);
      return [];
    }
  }

  async close(): Promise<void> {
    if (!this.#link.ready) return;
    const { commands, replica } = this.#link;
    const gone = [...this.#users.keys()].map((room) => commands.hdel(redisName.users(room), replica));
    await Promise.all(gone).catch(ignored);
  }

  /** Renews what this replica has in Redis. */
  #beat(): void {
    Promise.all([...this.#users].map(([room, users]) => this.#writeUsers(room, users))).catch(ignored);
    for (const room of this.#rooms) this.#receiver?.presenceChanged(room);
  }

  async #writeUsers(room: string, users: readonly string[]): Promise<void> {
    const key = redisName.users(room);
    if (users.length === 0) {
      await this.#link.commands.hdel(key, this.#link.replica);
      return;
    }
    await Promise.all([
      this.#link.commands.hset(key, this.#link.replica, JSON.stringify(users)),
      this.#link.commands.pexpire(key, this.#link.heartbeatMs * LIFE_BEATS),
    ]);
  }

  #heard(channel: string, data: string): void {
    const room = roomOfChannel(channel);
    const notice = decodeNotice(data);
    if (room === undefined || notice === undefined || notice.from === this.#link.replica) return;
    if (notice.kind === 'message') this.#receiver?.deliver(room, notice.message);
    else this.#receiver?.presenceChanged(room);
  }
}

/** The link tells of the outage. */
function ignored(): void {}
