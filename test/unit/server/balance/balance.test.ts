import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balance, type Stance } from '../../../../src/server/balance/balance.ts';

/** An imbalance that lasts so long counts. */
const SETTLED = 30_000;
/** Sockets that one replica may let go between two looks. */
const BUDGET = 2_000;
const calm: Stance = { is: 'calm' };

describe('GIVEN a replica and the fleet', () => {
  it('WHEN it has a fifth more than the mean for half a minute THEN it lets go of all but a twentieth of that', () => {
    const fleet = { own: 1_300, all: [1_300, 700], moved: 0 };
    const first = balance(calm, { ...fleet, now: 5 });
    expect(first).toEqual({ surplus: 0, stance: { is: 'uneven', since: 5 } });
    expect(balance(first.stance, { ...fleet, now: SETTLED })).toEqual(first);
    expect(balance(first.stance, { ...fleet, now: SETTLED + 5 })).toEqual({
      surplus: 250,
      stance: { is: 'shedding', left: 640 },
    });
  });

  it.each([
    ['it is alone', 5_000, [5_000]],
    ['it has less', 700, [1_300, 700]],
    ['it has a fifth more', 1_200, [1_200, 800]],
    ['there are few sockets', 20, [20, 0, 0, 0]],
    ['nobody has any', 0, [0, 0]],
  ])('WHEN %s THEN it is calm, however long that lasts', (_, own, all) => {
    const stance: Stance = { is: 'uneven', since: 0 };
    expect(balance(stance, { own, all, moved: 0, now: 10 * SETTLED })).toEqual({ surplus: 0, stance: calm });
  });

  it('WHEN those it sends away come back to it THEN it resigns until the fleet has another size', () => {
    let stance: Stance = { is: 'uneven', since: 0 };
    let moved = 0;
    let total = 0;
    for (let round = 0; round < 100; round += 1) {
      const step = balance(stance, { own: 1_000, all: [1_000, 0], moved, now: SETTLED });
      moved = step.surplus;
      total += moved;
      stance = step.stance;
    }
    expect([total, stance]).toEqual([1_040, { is: 'resigned', replicas: 2 }]);
    expect(balance(stance, { own: 1_000, all: [1_000, 0, 0], moved: 0, now: SETTLED }).stance).toEqual({
      is: 'uneven',
      since: SETTLED,
    });
  });
});

describe('GIVEN any fleet whose clients land on any replica in turn', () => {
  const counts = fc.array(fc.nat(10_000), { minLength: 2, maxLength: 12 });
  /** How the clients that come back are dealt out: in turn, or to whoever has the fewest. */
  const ways = fc.constantFrom('in turn', 'to the fewest');
  /** Between two looks, some replica may come or go, and clients of their own accord as well. */
  const events = fc.array(fc.tuple(fc.nat(11), fc.integer({ min: -10, max: 10 })), { maxLength: 20 });

  function settle(fleet: number[], way: string, changes: readonly (readonly [number, number])[]) {
    let moved = fleet.map(() => 0);
    let stances: Stance[] = fleet.map(() => calm);
    let turn = 0;
    const moves: number[] = [];
    for (let look = 0; look < 200; look += 1) {
      const [at = 0, change = 0] = changes[look] ?? [];
      const changed = at % fleet.length;
      fleet[changed] = Math.max(0, (fleet[changed] ?? 0) + change);
      const all = [...fleet];
      const steps = all.map((own, index) =>
        balance(stances[index] ?? calm, { own, all, moved: moved[index] ?? 0, now: look * 5_000 }),
      );
      moved = steps.map(({ surplus }) => Math.min(surplus, BUDGET));
      stances = steps.map(({ stance }) => stance);
      moved.forEach((count, index) => {
        fleet[index] = (fleet[index] ?? 0) - count;
      });
      const landing = moved.reduce((sum, count) => sum + count, 0);
      for (let client = 0; client < landing; client += 1) {
        turn = way === 'in turn' ? (turn + 1) % fleet.length : fleet.indexOf(Math.min(...fleet));
        fleet[turn] = (fleet[turn] ?? 0) + 1;
      }
      moves.push(landing);
    }
    return moves;
  }

  it('WHEN it is left alone THEN it becomes even, no client moves more than needed, and then nobody moves', () => {
    fc.assert(
      fc.property(counts, ways, events, (given, way, changes) => {
        const fleet = [...given];
        const moves = settle(fleet, way, changes);
        const mean = fleet.reduce((sum, count) => sum + count, 0) / fleet.length;
        for (const count of fleet) expect(count <= 1.2 * mean || count - mean < 20).toBe(true);
        // The last minutes are quiet.
        expect(moves.slice(150).every((moved) => moved === 0)).toBe(true);
        const start = given.reduce((sum, count) => sum + count, 0) / given.length;
        const excess = given.reduce((sum, count) => sum + Math.max(0, count - start), 0);
        const own = changes.reduce((sum, [, change]) => sum + Math.abs(change), 0);
        const total = moves.reduce((sum, moved) => sum + moved, 0);
        expect(total).toBeLessThanOrEqual(fleet.length * (excess + own + 20 * fleet.length));
      }),
      { numRuns: 1_000 },
    );
  });
});
