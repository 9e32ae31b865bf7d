import { Canary } from './canary.ts';
import { Feed } from './feed.ts';
import type { Topology } from './topology.ts';

/** Who is told of what happens on the feeds. */
export interface FeedsOwner {
  heard(channel: string, message: Buffer): void;
  /** A feed does not work, which may have no error. */
  failed(error?: Error): void;
  /** Sends over a channel. Without it there is no use in trying. */
  readonly send: (channel: string, message: string) => boolean;
  /**
   * All feeds work.
   *
   * @param anew whether one did not, so that messages may have been missed
   */
  works(anew: boolean): void;
}

interface Source {
  readonly server: string;
  readonly feed: Feed;
  readonly canary: Canary;
}

/** After which time what has gone astray is looked for again. */
const LOOK_AGAIN_MS = 200;
/** Names that are tried for a canary: enough to find one of a server that has a single hash slot. */
const MOST_NAMES = 200_000;

/**
 * The connections over which messages come: one, or in a Cluster one to each primary. They follow it when hash slots move
 * or a replica takes over.
 */
export class Feeds {
  readonly #topology: Topology;
  readonly #owner: FeedsOwner;
  readonly #name: string;
  readonly #sources = new Map<string, Source>();
  /** Channels that are wanted, and the server that each comes from. */
  readonly #channels = new Map<string, { readonly slot: number; server: string | undefined }>();
  #again: NodeJS.Timeout | undefined;
  #anew = true;
  #closed = false;

  /** @param name what the channels of canaries begin with; of this process alone */
  constructor(topology: Topology, name: string, owner: FeedsOwner) {
    this.#topology = topology;
    this.#owner = owner;
    this.#name = name;
  }

  start(): void {
    this.#topology.onRefresh(() => this.#follow());
    this.#follow();
  }

  /** When Redis is away, it resolves nevertheless: all is subscribed to as soon as it is back, and the owner told. */
  async subscribe(channel: string): Promise<void> {
    const slot = this.#topology.slotOf(channel);
    const server = this.#topology.serverOf(slot);
    this.#channels.set(channel, { slot, server });
    await this.#at(server)?.feed.subscribe(channel);
  }

  unsubscribe(channel: string): void {
    const place = this.#channels.get(channel);
    this.#channels.delete(channel);
    this.#at(place?.server)?.feed.unsubscribe(channel);
  }

  /** What was proven so far does not count any more. */
  doubt(): void {
    for (const { canary } of this.#sources.values()) canary.doubt();
    this.#anew = true;
  }

  /** Sends a canary over each feed. One that was sent longer ago than that has not come back, and its feed is made anew. */
  beat(patienceMs: number): void {
    for (const source of this.#sources.values()) {
      if (source.canary.awaitedMs > patienceMs) {
        this.#doubt(source);
        this.#owner.failed(new Error('TIMEOUT of the message to itself'));
        this.#topology.reconnect(source.server);
        source.feed.reconnect();
      } else if (source.canary.awaitedMs === 0) this.#send(source);
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    for (const { feed } of this.#sources.values()) feed.close();
  }

  #at(server: string | undefined): Source | undefined {
    return server === undefined ? undefined : this.#sources.get(server);
  }

  /** Makes the feeds what the topology asks for. */
  #follow(): void {
    if (this.#closed) return;
    const servers = new Set(this.#topology.servers());
    for (const [server, { feed }] of this.#sources) {
      if (servers.has(server)) continue;
      this.#sources.delete(server);
      feed.close();
    }
    for (const server of servers) if (!this.#sources.has(server)) this.#open(server);
    const gained = new Map<Source, Promise<boolean>>();
    for (const [channel, place] of this.#channels) {
      const server = this.#topology.serverOf(place.slot);
      if (server === place.server) continue;
      this.#at(place.server)?.feed.unsubscribe(channel);
      place.server = server;
      const source = this.#at(server);
      if (source !== undefined) gained.set(source, source.feed.subscribe(channel));
    }
    for (const source of this.#sources.values()) this.#placeCanary(source);
    for (const [source, subscribed] of gained) {
      this.#doubt(source);
      subscribed.then((done) => done && this.#settled(source));
    }
  }

  #open(server: string): void {
    const canary = new Canary();
    const feed = new Feed(this.#topology.connect(server), this.#topology.sharded, {
      heard: (channel, message) => {
        if (channel === canary.channel) this.#back(canary, message);
        else this.#owner.heard(channel, message);
      },
      settled: () => this.#settled(source),
      failed: (error) => {
        this.#doubt(source);
        canary.settled = false;
        this.#owner.failed(error);
        // Another server may be in its place by now.
        this.#topology.refresh();
      },
      astray: () => this.#astray(source),
    });
    const source: Source = { server, feed, canary };
    this.#sources.set(server, source);
    this.#doubt(source);
    for (const [channel, place] of this.#channels) if (place.server === server) void feed.subscribe(channel);
    feed.start();
  }

  /** Finds a channel of the server. */
  #placeCanary({ server, feed, canary }: Source): void {
    const ofServer = (channel: string) => this.#topology.serverOf(this.#topology.slotOf(channel)) === server;
    if (canary.channel !== undefined) {
      if (ofServer(canary.channel)) return;
      feed.unsubscribe(canary.channel);
      canary.channel = undefined;
    }
    for (let number = 0; number < MOST_NAMES && canary.channel === undefined; number += 1) {
      const name = `${this.#name}:${number}`;
      if (ofServer(name)) canary.channel = name;
    }
    if (canary.channel !== undefined) void feed.subscribe(canary.channel);
  }

  #astray(source: Source): void {
    this.#doubt(source);
    source.canary.settled = false;
    this.#topology.refresh();
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      this.#topology.refresh();
      for (const { feed, canary } of this.#sources.values()) if (!canary.settled && feed.ready) feed.settle();
    }, LOOK_AGAIN_MS);
  }

  #doubt({ canary }: Source): void {
    canary.doubt();
    this.#anew = true;
  }

  #settled(source: Source): void {
    source.canary.settled = true;
    this.#send(source);
  }

  #send({ canary }: Source): void {
    if (canary.channel === undefined || !canary.settled) return;
    const message = canary.send();
    if (!this.#owner.send(canary.channel, message)) canary.doubt();
  }

  #back(canary: Canary, message: Buffer): void {
    if (!canary.back(message)) return;
    if (![...this.#sources.values()].every(({ canary }) => canary.proven)) return;
    const anew = this.#anew;
    this.#anew = false;
    this.#owner.works(anew);
  }
}
