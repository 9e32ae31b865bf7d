import type { Tally } from '../observability/tally.ts';
import { FanOut, type Receiver } from '../transport/fan-out.ts';
import type { Turn } from '../transport/turn.ts';
import { type Frame, textFrame } from '../websocket/frame.ts';

/** What goes to a room. The id lets who joins tell what the history has told already. */
export interface RoomMessage {
  readonly id: string;
  readonly text: string;
}

/** A client as a room sees it. */
export interface Member extends Receiver {
  entered(room: LocalRoom): void;
  left(room: LocalRoom): void;
}

/**
 * The members of a room that are connected to this process, each with the name it is present under.
 *
 * Each sees the room's messages in the same order, and its own direct messages in the order of the calls; between two
 * rooms there is no order.
 */
export class LocalRoom extends FanOut<Member, string, Frame> {
  /** Lists of those who are about to join: they take down what comes until they are members. */
  readonly taps = new Set<RoomMessage[]>();

  constructor(turn: Turn, tally: Tally) {
    super({ turn, tally, join: joined });
  }

  override add(member: Member, user: string): void {
    super.add(member, user);
    member.entered(this);
  }

  override remove(member: Member): boolean {
    const was = super.remove(member);
    member.left(this);
    return was;
  }

  broadcast(message: RoomMessage): void {
    for (const tap of this.taps) tap.push(message);
    if (this.members.size > 0) this.push(textFrame(message.text));
  }
}

function joined(frames: readonly Frame[]): Frame {
  return frames.length === 1 && frames[0] !== undefined ? frames[0] : Buffer.concat(frames);
}
