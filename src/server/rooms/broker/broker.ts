import type { RoomMessage } from '../local-room.ts';

/** What a broker tells this process. */
export interface BrokerReceiver {
  /** A message that another replica sent to a room. */
  deliver(room: string, message: RoomMessage): void;
  /** Who is present in a room may have changed on another replica. */
  presenceChanged(room: string): void;
}

/** Connects the rooms of this process with those of the other replicas. No call fails because a peer is away. */
export interface Broker {
  /** Messages that could not be sent to the other replicas. */
  readonly failures: number;
  /** Begins to work; `receiver` is called from now on. */
  start(receiver: BrokerReceiver): void;
  /** From when it resolves, messages that other replicas send to the room are delivered. */
  subscribe(room: string): Promise<void>;
  unsubscribe(room: string): void;
  /** Sends to the other replicas; resolves late when too much is on its way. */
  publish(room: string, message: RoomMessage): Promise<void>;
  /** Makes known who is present here. */
  setUsers(room: string, users: readonly string[]): void;
  /** Who is present on the other replicas. */
  otherUsers(room: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** For one replica: there is nobody else to tell. */
export class InProcessBroker implements Broker {
  static readonly #done = Promise.resolve();
  readonly failures = 0;

  start(): void {}
  subscribe(): Promise<void> {
    return InProcessBroker.#done;
  }
  unsubscribe(): void {}
  publish(): Promise<void> {
    return InProcessBroker.#done;
  }
  setUsers(): void {}
  async otherUsers(): Promise<readonly string[]> {
    return [];
  }
  async close(): Promise<void> {}
}
