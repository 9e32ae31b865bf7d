import type { Redis } from 'ioredis';

/** Who is told of what happens on a feed. */
export interface FeedOwner {
  heard(channel: string, message: Buffer): void;
  /** Connected, and subscribed to all that is wanted. */
  settled(): void;
  /** The connection could not be made, or ended, which may have no error. */
  failed(error?: Error): void;
  /** It is connected, and does not get all that is wanted: in a Cluster another server may have it. */
  astray(): void;
}

/** Channels in one SUBSCRIBE. Of a Cluster each goes alone, as those in one command must be in one hash slot. */
const MOST_AT_ONCE = 1_000;

/** A connection over which messages come, and the channels it is to follow. */
export class Feed {
  readonly #client: Redis;
  readonly #sharded: boolean;
  readonly #owner: FeedOwner;
  readonly #wanted = new Set<string>();
  #touched = new Set<string>();
  #settling: Promise<boolean> | undefined;

  /** @param client for this feed alone, not connected yet */
  constructor(client: Redis, sharded: boolean, owner: FeedOwner) {
    this.#client = client;
    this.#sharded = sharded;
    this.#owner = owner;
    client.on(sharded ? 'smessageBuffer' : 'messageBuffer', (channel: Buffer, message: Buffer) =>
      owner.heard(channel.toString(), message),
    );
    client.on('error', (error) => owner.failed(error));
    client.on('close', () => owner.failed());
    client.on('ready', () => this.settle());
    // The server has given away the hash slot of a channel.
    client.on('moved', () => owner.astray());
  }

  get ready(): boolean {
    return this.#client.status === 'ready';
  }

  start(): void {
    this.#client.connect().catch(ignored);
  }

  /** Ends the connection, and makes another. */
  reconnect(): void {
    this.#client.disconnect(true);
  }

  close(): void {
    this.#client.removeAllListeners().on('error', ignored);
    this.#client.disconnect();
  }

  /** Resolves to false when it is not subscribed to now, but will be. */
  subscribe(channel: string): Promise<boolean> {
    this.#wanted.add(channel);
    return this.#settleSoon(channel);
  }

  unsubscribe(channel: string): void {
    this.#wanted.delete(channel);
    void this.#settleSoon(channel);
  }

  /** Subscribes to all that is wanted, again. */
  settle(): void {
    this.#apply([...this.#wanted]).then((done) => {
      if (done) this.#owner.settled();
    });
  }

  /** Joins what changes in one turn into one command; what counts is how things stand at its end. */
  #settleSoon(channel: string): Promise<boolean> {
    this.#touched.add(channel);
    this.#settling ??= Promise.resolve().then(async () => {
      const touched = [...this.#touched];
      this.#touched = new Set();
      this.#settling = undefined;
      return this.#apply(touched);
    });
    return this.#settling;
  }

  /** Whether all was done; when the connection is there and it was not, the owner knows. */
  async #apply(channels: readonly string[]): Promise<boolean> {
    if (!this.ready) return false;
    const added = channels.filter((channel) => this.#wanted.has(channel));
    const removed = channels.filter((channel) => !this.#wanted.has(channel));
    const work: Promise<unknown>[] = [];
    for (const some of this.#slices(removed)) {
      const left = this.#sharded ? this.#client.sunsubscribe(...some) : this.#client.unsubscribe(...some);
      // What was not left is heard by nobody.
      work.push(left.catch(ignored));
    }
    for (const some of this.#slices(added)) {
      work.push(this.#sharded ? this.#client.ssubscribe(...some) : this.#client.subscribe(...some));
    }
    try {
      await Promise.all(work);
      return true;
    } catch {
      if (this.ready) this.#owner.astray();
      return false;
    }
  }

  *#slices(channels: readonly string[]): Generator<readonly string[]> {
    const size = this.#sharded ? 1 : MOST_AT_ONCE;
    for (let at = 0; at < channels.length; at += size) yield channels.slice(at, at + size);
  }
}

/** The client's own events tell of the outage. */
function ignored(): void {}
