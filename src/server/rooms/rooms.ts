import { randomUUID } from 'node:crypto';
import type { Tally } from '../observability/tally.ts';
import type { Connection } from '../transport/connection.ts';
import { Disconnect, type Socket } from '../transport/socket.ts';
import type { Turn } from '../transport/turn.ts';
import type { Broker, BrokerReceiver } from './broker/broker.ts';
import { LocalRoom, type RoomMessage } from './local-room.ts';
import { presenceText } from './presence.ts';

/** How a socket joins a room. */
export interface JoinOptions {
  /** As whom it is present. */
  readonly as: string;
  /** Reads messages that are sent to the socket before anything that happens in the room from now on. */
  readonly history?: () => Promise<readonly RoomMessage[]>;
}

/** A room over all replicas. */
export interface Room {
  readonly name: string;
  /**
   * Makes a socket a member: it gets every message of the room until it leaves or closes.
   *
   * @throws Disconnect when the client has gone meanwhile
   */
  join(socket: Socket, options: JoinOptions): Promise<void>;
  leave(socket: Socket): void;
  /**
   * Sends a text to every member. Await it before the next one: it resolves late when Redis cannot follow.
   *
   * @param id of the message, for a history that is read at `join`; a new one by default
   */
  broadcast(text: string, id?: string): Promise<void>;
  /** Sends the socket who is present, now and at every change: `{"type":"presence","users":[…],"count":n}`. */
  watchPresence(socket: Socket): void;
  /** Who is present, over all replicas, each once, in alphabetical order. */
  users(): Promise<readonly string[]>;
}

/** Changes of presence that follow each other within this time are told in one. */
const PRESENCE_PAUSE_MS = 250;

interface Entry {
  readonly room: LocalRoom;
  /** Who gets the presence. */
  readonly watchers: LocalRoom;
  readonly subscribed: Promise<void>;
  joining: number;
  lastPresence: string;
  presenceTimer: NodeJS.Timeout | undefined;
  ownUsersChanged: boolean;
}

/** Every room that has a member here. */
export class Rooms implements BrokerReceiver {
  readonly #entries = new Map<string, Entry>();
  readonly #broker: Broker;
  readonly #turn: Turn;
  readonly #tally: Tally;

  constructor(broker: Broker, turn: Turn, tally: Tally) {
    this.#broker = broker;
    this.#turn = turn;
    this.#tally = tally;
  }

  get size(): number {
    return this.#entries.size;
  }

  room(name: string): Room {
    return {
      name,
      join: (socket, options) => this.#join(name, socket as Connection, options),
      leave: (socket) => this.#leave(name, socket as Connection),
      broadcast: (text, id = randomUUID()) => this.#broadcast(name, { id, text }),
      watchPresence: (socket) => this.#watch(name, socket as Connection),
      users: () => this.#users(name),
    };
  }

  deliver(name: string, message: RoomMessage): void {
    this.#entries.get(name)?.room.broadcast(message);
  }

  presenceChanged(name: string): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) this.#tellPresenceSoon(name, entry);
  }

  close(): void {
    for (const entry of this.#entries.values()) clearTimeout(entry.presenceTimer);
    this.#entries.clear();
  }

  async #join(name: string, member: Connection, { as, history }: JoinOptions): Promise<void> {
    const entry = this.#entries.get(name) ?? this.#create(name);
    const missed: RoomMessage[] = [];
    entry.joining += 1;
    try {
      await entry.subscribed;
      entry.room.taps.add(missed);
      const earlier = (await history?.()) ?? [];
      if (member.state === 'closed') throw new Disconnect(member.closeCode, '');
      const told = new Set(earlier.map(({ id }) => id));
      for (const { text } of earlier) member.sendText(text);
      for (const { id, text } of missed) if (!told.has(id)) member.sendText(text);
      entry.room.add(member, as);
    } finally {
      entry.room.taps.delete(missed);
      entry.joining -= 1;
      this.#dropIfEmpty(name, entry);
    }
    member.onClose(() => this.#leave(name, member));
    this.#ownUsersChanged(name, entry);
  }

  #leave(name: string, member: Connection): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    entry.watchers.remove(member);
    if (!entry.room.remove(member)) return;
    this.#ownUsersChanged(name, entry);
    this.#dropIfEmpty(name, entry);
  }

  #broadcast(name: string, message: RoomMessage): Promise<void> {
    this.deliver(name, message);
    return this.#broker.publish(name, message);
  }

  #watch(name: string, member: Connection): void {
    const entry = this.#entries.get(name);
    if (entry === undefined || !entry.room.members.has(member)) return;
    entry.watchers.add(member, '');
    entry.lastPresence = '';
    this.#tellPresenceSoon(name, entry);
  }

  async #users(name: string): Promise<readonly string[]> {
    const here = this.#entries.get(name)?.room.members.values() ?? [];
    return [...new Set([...here, ...(await this.#broker.otherUsers(name))])].sort();
  }

  #create(name: string): Entry {
    const entry: Entry = {
      room: new LocalRoom(this.#turn, this.#tally),
      watchers: new LocalRoom(this.#turn, this.#tally),
      subscribed: this.#broker.subscribe(name),
      joining: 0,
      lastPresence: '',
      presenceTimer: undefined,
      ownUsersChanged: false,
    };
    this.#entries.set(name, entry);
    return entry;
  }

  #dropIfEmpty(name: string, entry: Entry): void {
    if (entry.joining > 0 || entry.room.members.size > 0) return;
    clearTimeout(entry.presenceTimer);
    this.#entries.delete(name);
    this.#broker.setUsers(name, []);
    this.#broker.unsubscribe(name);
  }

  #ownUsersChanged(name: string, entry: Entry): void {
    entry.ownUsersChanged = true;
    this.#tellPresenceSoon(name, entry);
  }

  #tellPresenceSoon(name: string, entry: Entry): void {
    entry.presenceTimer ??= setTimeout(async () => {
      entry.presenceTimer = undefined;
      if (entry.ownUsersChanged) {
        entry.ownUsersChanged = false;
        this.#broker.setUsers(name, [...new Set(entry.room.members.values())]);
      }
      if (entry.watchers.members.size === 0) return;
      const text = presenceText(await this.#users(name));
      if (text === entry.lastPresence) return;
      entry.lastPresence = text;
      entry.watchers.broadcast({ id: '', text });
    }, PRESENCE_PAUSE_MS);
  }
}
