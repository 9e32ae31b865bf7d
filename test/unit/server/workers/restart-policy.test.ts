import { describe, expect, it } from 'vitest';
import { RestartPolicy } from '../../../../src/server/workers/restart-policy.ts';

const QUICK_MS = 500;
const LONG_MS = 60_000;

describe('GIVEN a worker that ends', () => {
  it('WHEN it does so soon after each start THEN it is started at once three times, then ever later', () => {
    const policy = new RestartPolicy();
    const delays = Array.from({ length: 12 }, () => policy.ended(QUICK_MS));
    expect(delays).toEqual([0, 0, 0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('WHEN it has lived long in between THEN it is started at once again', () => {
    const policy = new RestartPolicy();
    for (let crash = 0; crash < 6; crash += 1) policy.ended(QUICK_MS);
    expect([policy.ended(LONG_MS), policy.ended(QUICK_MS)]).toEqual([0, 0]);
  });
});
