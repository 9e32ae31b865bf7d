import { describe, expect, it } from 'vitest';
import { BACK_OFF, backOffMs } from '../../../../src/server/tasks/back-off.ts';

describe('GIVEN the back-off of a task', () => {
  it('WHEN attempts fail THEN each wait is twice the one before, up to the most', () => {
    const backoff = { firstSeconds: 2, mostSeconds: 10, jitter: 0 };
    expect([1, 2, 3, 4, 50].map((failed) => backOffMs(failed, backoff))).toEqual([
      2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
  });

  it('WHEN there is jitter THEN that share of the wait is random', () => {
    const waits = [0, 0.5, 1].map((random) => backOffMs(1, BACK_OFF, () => random));
    expect(waits).toEqual([1_000, 750, 500]);
  });
});
