import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { Tally } from '../../../src/server/observability/tally.ts';
import { LocalRoom, type Member } from '../../../src/server/rooms/local-room.ts';
import { Turn } from '../../../src/server/transport/turn.ts';
import type { Frame } from '../../../src/server/websocket/frame.ts';

/** Takes down each delivery as the texts that were joined in it. */
class Recorder implements Member {
  readonly deliveries: string[][] = [];
  readonly rooms = new Set<LocalRoom>();

  deliver(frames: Frame): void {
    const texts: string[] = [];
    for (let at = 0; at < frames.length; at += 2 + (frames[at + 1] ?? 0)) {
      texts.push(frames.toString('utf8', at + 2, at + 2 + (frames[at + 1] ?? 0)));
    }
    this.deliveries.push(texts);
  }
  entered(room: LocalRoom): void {
    this.rooms.add(room);
  }
  left(room: LocalRoom): void {
    this.rooms.delete(room);
  }
}

let tally: Tally;
let room: LocalRoom;
const say = (...texts: string[]) => {
  for (const text of texts) room.broadcast({ id: text, text });
};
const member = () => {
  const recorder = new Recorder();
  room.add(recorder, 'someone');
  return recorder;
};

beforeEach(() => {
  tally = new Tally();
  room = new LocalRoom(new Turn(), tally);
});

describe('GIVEN a room with two members', () => {
  it('WHEN several messages come in one turn THEN each member gets them joined, once, and they are counted', async () => {
    const [first, second] = [member(), member()];
    say('one', 'two', 'three');
    expect(first.deliveries).toEqual([]);
    await nextTurn();
    expect([first.deliveries, second.deliveries]).toEqual([
      [['one', 'two', 'three']],
      [['one', 'two', 'three']],
    ]);
    expect(tally.delivered).toBe(6);
  });

  it('WHEN messages come in two turns THEN they are delivered in two', async () => {
    const first = member();
    say('one');
    await nextTurn();
    say('two');
    await nextTurn();
    expect(first.deliveries).toEqual([['one'], ['two']]);
  });

  it('WHEN a member is settled in the middle THEN it gets the rest at the end and nothing twice', async () => {
    const [first, second] = [member(), member()];
    say('one', 'two');
    room.settle(first);
    room.settle(first);
    expect(first.deliveries).toEqual([['one', 'two']]);
    say('three');
    await nextTurn();
    expect(first.deliveries).toEqual([['one', 'two'], ['three']]);
    expect(second.deliveries).toEqual([['one', 'two', 'three']]);
    expect(tally.delivered).toBe(6);
  });

  it('WHEN one joins in the middle THEN it gets only what comes after', async () => {
    const first = member();
    say('before');
    const late = member();
    say('after');
    await nextTurn();
    expect([first.deliveries, late.deliveries]).toEqual([[['before', 'after']], [['after']]]);
  });

  it('WHEN one joins in the middle and nothing follows THEN it gets nothing', async () => {
    member();
    say('before');
    const late = member();
    await nextTurn();
    expect(late.deliveries).toEqual([]);
  });

  it('WHEN one leaves in the middle THEN it gets what came before', async () => {
    const leaving = member();
    say('before');
    expect(room.remove(leaving)).toBe(true);
    say('after');
    await nextTurn();
    expect(leaving.deliveries).toEqual([['before']]);
    expect(leaving.rooms.size).toBe(0);
    expect(room.remove(leaving)).toBe(false);
  });
});

describe('GIVEN a room without members', () => {
  it('WHEN someone is about to join THEN what comes meanwhile is taken down', () => {
    const missed: { id: string; text: string }[] = [];
    room.taps.add(missed);
    say('one', 'two');
    expect(missed).toEqual([
      { id: 'one', text: 'one' },
      { id: 'two', text: 'two' },
    ]);
  });
});
