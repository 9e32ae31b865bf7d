import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backoff } from '../../../src/operator/runtime/backoff.ts';

describe('GIVEN a back-off from 100 ms to 1 s', () => {
  it('WHEN there is no jitter THEN delays double up to the cap, and begin anew after a reset', () => {
    const backoff = new Backoff({ baseMs: 100, capMs: 1_000, random: () => 1 });
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    backoff.reset();
    expect(backoff.next()).toBe(100);
  });

  it('WHEN there is jitter THEN a delay is between half of it and all of it, however often it failed', () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        const backoff = new Backoff({ baseMs: 100, capMs: 1_000, random: () => random });
        for (let failure = 0; failure < failures; failure += 1) backoff.next();
        const full = Math.min(1_000, 100 * 2 ** failures);
        const delay = backoff.next();
        expect(delay).toBeGreaterThanOrEqual(full / 2);
        expect(delay).toBeLessThanOrEqual(full);
      }),
    );
  });
});
