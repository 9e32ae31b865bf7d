import type { Tally } from '../observability/tally.ts';
import { type Frame, textFrame } from '../transport/frame.ts';
import type { Turn } from '../transport/turn.ts';

/** What goes to a room. The id lets who joins tell what the history has told already. */
export interface RoomMessage {
  readonly id: string;
  readonly text: string;
}

/** A client as a room sees it. */
export interface Member {
  deliver(frames: Frame): void;
  entered(room: LocalRoom): void;
  left(room: LocalRoom): void;
}

/**
 * The members of a room that are connected to this process.
 *
 * Each sees the room's messages in the same order, and its own direct messages in the order of the calls; between two
 * rooms there is no order.
 */
export class LocalRoom {
  /** Members, and as whom they are present. */
  readonly members = new Map<Member, string>();
  /** Lists of those who are about to join: they take down what comes until they are members. */
  readonly taps = new Set<RoomMessage[]>();
  readonly #turn: Turn;
  readonly #tally: Tally;
  #frames: Frame[] = [];
  /** How many of the frames a member must not get any more; those not listed get all. */
  readonly #settled = new Map<Member, number>();

  constructor(turn: Turn, tally: Tally) {
    this.#turn = turn;
    this.#tally = tally;
  }

  add(member: Member, user: string): void {
    this.members.set(member, user);
    if (this.#frames.length > 0) this.#settled.set(member, this.#frames.length);
    member.entered(this);
  }

  remove(member: Member): boolean {
    this.settle(member);
    this.#settled.delete(member);
    member.left(this);
    return this.members.delete(member);
  }

  broadcast(message: RoomMessage): void {
    for (const tap of this.taps) tap.push(message);
    if (this.members.size === 0) return;
    if (this.#frames.length === 0) this.#turn.spreadLater(this);
    this.#frames.push(textFrame(message.text));
  }

  /** Gives a member now what it would get at the end of the turn, so that what is sent to it next comes after. */
  settle(member: Member): void {
    if (this.#frames.length === 0 || !this.members.has(member)) return;
    const frames = this.#frames.slice(this.#settled.get(member) ?? 0);
    if (frames.length === 0) return;
    this.#settled.set(member, this.#frames.length);
    this.#tally.delivered += frames.length;
    member.deliver(joined(frames));
  }

  spread(): void {
    if (this.#settled.size > 0) for (const member of this.#settled.keys()) this.settle(member);
    const frames = this.#frames;
    this.#frames = [];
    const all = joined(frames);
    for (const member of this.members.keys()) {
      if (this.#settled.has(member)) continue;
      this.#tally.delivered += frames.length;
      member.deliver(all);
    }
    this.#settled.clear();
  }
}

function joined(frames: readonly Frame[]): Frame {
  return frames.length === 1 && frames[0] !== undefined ? frames[0] : Buffer.concat(frames);
}
