import { FanOut, type Medium, type Receiver } from '../transport/fan-out.ts';
import type { Broker, Position, Retention, StreamPart } from './broker/broker.ts';
import type { ChannelCounts } from './counts.ts';
import type { ClientInfo, Publication, Push } from './protocol/schema.ts';
import { type Part, WIRES, type Wire } from './protocol/wire.ts';

/** A client as a channel sees it. */
export interface Subscriber extends Receiver {
  readonly wire: Wire;
  /** Publications were lost on the way to it: it must come back to the channel to get them. */
  missed(channel: LocalChannel): void;
  /** A publication came that is for Protobuf clients only, and this is none. */
  cannotRead(): void;
}

/** How a client is subscribed. */
export interface Membership {
  /** It relies on getting every publication. */
  readonly positioned: boolean;
  /** It wants to be told who comes and goes. */
  readonly joinLeave: boolean;
}

/** How things stood when a client was let in. */
export interface Entry {
  /** From here on it gets everything; undefined when the channel has no history. */
  readonly position: Position | undefined;
  /** What it missed since the position it came with; undefined when that cannot be told. */
  readonly missed: readonly Publication[] | undefined;
}

/** What all channels of a process share. */
export interface ChannelContext {
  readonly broker: Broker;
  readonly counts: ChannelCounts;
  readonly mediumOf: (wire: Wire) => Medium<Part>;
}

type Lane = FanOut<Subscriber, Membership, Part>;

/** Publications that are kept while what comes before them is fetched; what is dropped beyond is fetched as well. */
const MOST_AHEAD = 1_024;

/**
 * The subscribers of a channel that are connected to this process.
 *
 * It follows the stream once for all of them: a gap is seen here, and filled from the history before anybody notices.
 * Only when the history cannot fill it are the subscribers told.
 */
export class LocalChannel {
  readonly name: string;
  readonly retention: Retention | undefined;
  /** Resolves when subscribers can be let in. */
  readonly ready: Promise<void>;
  /** How many are about to be let in. */
  joining = 0;
  readonly #context: ChannelContext;
  /** By wire, first those that are not told who comes and goes. A publication is encoded once a wire. */
  readonly #lanes: (Lane | undefined)[] = [];
  /** Up to where publications have been given on. */
  #offset = 0;
  #epoch = '';
  /** What came while the stream cannot be given on, since something before it is being fetched. */
  #ahead: { readonly publication: Publication; readonly epoch: string }[] | undefined = [];
  /** Of publications whose offset is not the next one: the offset of the publication before. */
  readonly #leaps = new Map<number, number>();
  #catchingUp: Promise<void> | undefined;
  /** Of those who come back: they take down what is given on while the history is read for them. */
  readonly #taps = new Set<Publication[]>();

  constructor(name: string, retention: Retention | undefined, context: ChannelContext) {
    this.name = name;
    this.retention = retention;
    this.#context = context;
    this.ready = this.#begin();
    this.ready.catch(() => {});
  }

  get size(): number {
    return this.#lanes.reduce((sum, lane) => sum + (lane?.members.size ?? 0), 0);
  }

  /**
   * Lets a client in. What is sent to it in the same turn comes before everything it gets from the channel.
   *
   * @param since where it was when it left; what it missed since is in the entry
   * @throws BrokerUnavailable
   */
  async enter(subscriber: Subscriber, membership: Membership, since?: Position): Promise<Entry> {
    const tap: Publication[] = [];
    if (since !== undefined) this.#taps.add(tap);
    this.joining += 1;
    try {
      await this.ready;
      const read = since === undefined ? undefined : await this.#readSince(since);
      this.#lane(subscriber.wire, membership.joinLeave).add(subscriber, membership);
      return {
        position: this.#position,
        missed: since === undefined || read === undefined ? undefined : this.#missed(since, read, tap),
      };
    } finally {
      this.#taps.delete(tap);
      this.joining -= 1;
    }
  }

  leave(subscriber: Subscriber): boolean {
    return this.#lanes.some((lane) => lane?.remove(subscriber) === true);
  }

  /** @param after offset of the publication before it; the one below its own by default */
  published(publication: Publication, epoch: string, after?: number): void {
    const { offset = 0 } = publication;
    if (after !== undefined && after !== offset - 1) this.#leaps.set(offset, after);
    if (epoch === '' || this.retention === undefined) this.#give(publication);
    else if (this.#ahead === undefined) this.#follow(publication, epoch);
    else if (this.#ahead.length < MOST_AHEAD) this.#ahead.push({ publication, epoch });
  }

  /** Tells subscribers that want to know who has come or gone. */
  told(what: 'join' | 'leave', info: ClientInfo): void {
    const push: Push = { channel: this.name, [what]: { info } };
    for (const [index, wire] of WIRES.entries()) this.#lanes[2 * index + 1]?.push(wire.encode({ push }));
  }

  /**
   * Compares with the end of the stream, and catches up when something did not come.
   *
   * @throws BrokerUnavailable
   */
  async check(): Promise<void> {
    const { retention, name } = this;
    if (retention === undefined) return;
    await this.ready;
    const known = this.#position as Position;
    const { broker } = this.#context;
    const end = await broker.position(name, retention);
    if (end.epoch === known.epoch && end.offset < known.offset) {
      await broker.invalidate(name, known);
      this.#lost(await broker.position(name, retention));
    } else if (end.epoch !== this.#epoch || end.offset > this.#offset || this.#ahead !== undefined) {
      await this.#catchUp();
    }
  }

  get #position(): Position | undefined {
    return this.retention === undefined ? undefined : { offset: this.#offset, epoch: this.#epoch };
  }

  async #begin(): Promise<void> {
    const { broker } = this.#context;
    await broker.subscribe(this.name);
    if (this.retention !== undefined) {
      const { offset, epoch } = await broker.position(this.name, this.retention);
      this.#offset = offset;
      this.#epoch = epoch;
    }
    this.#goOn();
  }

  #follow(publication: Publication, epoch: string): void {
    const { offset = 0 } = publication;
    if (epoch === this.#epoch && offset <= this.#offset) return;
    if (epoch === this.#epoch && this.#before(offset) === this.#offset) {
      this.#offset = offset;
      this.#give(publication);
      return;
    }
    this.#ahead = [{ publication, epoch }];
    // While the broker is away nothing more can be done; once it is back, the channel is checked.
    this.#catchUp().catch(() => {});
  }

  /** Gives on what was held back. */
  #goOn(): void {
    const ahead = this.#ahead ?? [];
    this.#ahead = undefined;
    for (const { publication, epoch } of ahead) this.published(publication, epoch);
  }

  #catchUp(): Promise<void> {
    this.#catchingUp ??= this.#fetch().finally(() => {
      this.#catchingUp = undefined;
    });
    return this.#catchingUp;
  }

  async #fetch(): Promise<void> {
    const { retention, name } = this;
    if (retention === undefined) return;
    this.#ahead ??= [];
    const { broker, counts } = this.#context;
    const end = await this.#history(this.#offset, retention);
    if (end.epoch !== this.#epoch) this.#lost(end);
    else if (!this.#continues(this.#offset, end.publications, end.offset)) {
      await broker.invalidate(name, { offset: this.#offset, epoch: this.#epoch });
      this.#lost(await broker.position(name, retention));
    } else if (end.publications.length > 0) {
      counts.filled += 1;
      for (const publication of end.publications) {
        this.#offset = publication.offset ?? 0;
        this.#give(publication);
      }
    }
    this.#goOn();
  }

  /** Goes on from another position, and tells those who rely on getting everything. */
  #lost({ offset, epoch }: Position): void {
    this.#context.counts.unfilled += 1;
    this.#offset = offset;
    this.#epoch = epoch;
    for (const lane of this.#lanes) {
      for (const [subscriber, { positioned }] of lane?.members ?? []) if (positioned) subscriber.missed(this);
    }
  }

  /** What the history has after a position; undefined when that is of another epoch. */
  async #readSince({ offset, epoch }: Position): Promise<readonly Publication[] | undefined> {
    if (this.retention === undefined || (epoch !== '' && epoch !== this.#epoch)) return undefined;
    // Another replica told the client more than has come here yet.
    if (offset > this.#offset) await this.#catchUp();
    if (offset >= this.#offset) return [];
    const part = await this.#history(offset, this.retention);
    return part.epoch === this.#epoch ? part.publications : undefined;
  }

  async #history(since: number, retention: Retention): Promise<StreamPart> {
    const part = await this.#context.broker.history(this.name, { since }, retention);
    for (const [offset, after] of part.leaps ?? []) this.#leaps.set(offset, after);
    return part;
  }

  /** Offset of the publication before that at an offset. */
  #before(offset: number): number {
    return this.#leaps.get(offset) ?? offset - 1;
  }

  /** Whether publications lead from one offset to another without a gap. */
  #continues(from: number, publications: readonly Publication[], to: number): boolean {
    let last = from;
    for (const { offset = 0 } of publications) {
      if (this.#before(offset) !== last) return false;
      last = offset;
    }
    return last === to;
  }

  /** What leads from a position to where the channel is now: out of the history, then what came meanwhile. */
  #missed(
    { offset, epoch }: Position,
    read: readonly Publication[],
    tap: readonly Publication[],
  ): readonly Publication[] | undefined {
    if (epoch !== '' && epoch !== this.#epoch) return undefined;
    const given = read.filter((publication) => (publication.offset ?? 0) <= this.#offset);
    const last = given.at(-1)?.offset ?? offset;
    const missed = [...given, ...tap.filter((publication) => (publication.offset ?? 0) > last)];
    return this.#continues(offset, missed, this.#offset) ? missed : undefined;
  }

  #give(publication: Publication): void {
    if (publication.offset !== undefined) for (const tap of this.#taps) tap.push(publication);
    const push: Push = { channel: this.name, pub: publication };
    for (const [index, wire] of WIRES.entries()) {
      const [plain, told] = [this.#lanes[2 * index], this.#lanes[2 * index + 1]];
      if (plain === undefined && told === undefined) continue;
      if (publication.binary === true && wire.name === 'json') {
        for (const lane of [plain, told])
          for (const [subscriber] of lane?.members ?? []) subscriber.cannotRead();
        continue;
      }
      const part = wire.encode({ push });
      plain?.push(part);
      told?.push(part);
    }
  }

  #lane(wire: Wire, joinLeave: boolean): Lane {
    const index = 2 * WIRES.indexOf(wire) + Number(joinLeave);
    const lane = this.#lanes[index] ?? new FanOut(this.#context.mediumOf(wire));
    this.#lanes[index] = lane;
    return lane;
  }
}
