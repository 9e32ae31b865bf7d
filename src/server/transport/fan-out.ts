import type { Tally } from '../observability/tally.ts';
import type { Frame } from '../websocket/frame.ts';
import type { Turn } from './turn.ts';

/** Who gets frames. */
export interface Receiver {
  deliver(frames: Frame): void;
}

/** What all fan-outs of one kind share. */
export interface Medium<Part> {
  readonly turn: Turn;
  readonly tally: Tally;
  /** Makes one piece of the parts of a turn, ready for the wire. */
  join(parts: readonly Part[]): Frame;
}

/**
 * Sends the same parts to many: they are collected until the end of the turn, joined once, and the one result is given
 * to every member. All see the parts in the same order.
 */
export class FanOut<Member extends Receiver, As, Part> {
  /** Members, and what is known of each. */
  readonly members = new Map<Member, As>();
  readonly #medium: Medium<Part>;
  #parts: Part[] = [];
  /** How many of the parts a member must not get any more; those not listed get all. */
  #settled: Map<Member, number> | undefined;

  constructor(medium: Medium<Part>) {
    this.#medium = medium;
  }

  /** What was sent before does not reach the new member. */
  add(member: Member, as: As): void {
    this.members.set(member, as);
    if (this.#parts.length > 0) this.#settle(member);
  }

  /** What was sent before still reaches the member. */
  remove(member: Member): boolean {
    this.settle(member);
    this.#settled?.delete(member);
    return this.members.delete(member);
  }

  push(part: Part): void {
    if (this.members.size === 0) return;
    if (this.#parts.length === 0) this.#medium.turn.spreadLater(this);
    this.#parts.push(part);
  }

  /** Gives a member now what it would get at the end of the turn, so that what is sent to it next comes after. */
  settle(member: Member): void {
    if (this.#parts.length === 0 || !this.members.has(member)) return;
    const parts = this.#parts.slice(this.#settled?.get(member) ?? 0);
    if (parts.length === 0) return;
    this.#settle(member);
    this.#medium.tally.delivered += parts.length;
    member.deliver(this.#medium.join(parts));
  }

  spread(): void {
    const settled = this.#settled;
    if (settled !== undefined) for (const member of settled.keys()) this.settle(member);
    const parts = this.#parts;
    this.#parts = [];
    this.#settled = undefined;
    const all = this.#medium.join(parts);
    for (const member of this.members.keys()) {
      if (settled?.has(member)) continue;
      this.#medium.tally.delivered += parts.length;
      member.deliver(all);
    }
  }

  #settle(member: Member): void {
    this.#settled ??= new Map();
    this.#settled.set(member, this.#parts.length);
  }
}
