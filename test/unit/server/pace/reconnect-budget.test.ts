import { describe, expect, it } from 'vitest';
import { ReconnectBudget } from '../../../../src/server/pace/reconnect-budget.ts';

const WITHIN_MS = 60_000;

describe('GIVEN a budget that is spent for a while', () => {
  const spent = async () => {
    const pace = { reconnectsPerSecond: 0.01, closesPerSecond: 0.01 };
    const budget = new ReconnectBudget({ ...pace, rebalance: true, timeoutSeconds: 10 });
    expect(await budget.take(1, performance.now() + WITHIN_MS)).toBe(1);
    return budget;
  };

  it('WHEN its deadline comes THEN nobody may go', async () => {
    expect(await (await spent()).take(1, performance.now() + 1)).toBe(0);
  });

  it('WHEN who waits for it is to leave THEN it waits no longer, now or later', async () => {
    const budget = await spent();
    const leaving = new AbortController();
    const waiting = budget.take(1, performance.now() + WITHIN_MS, leaving.signal);
    leaving.abort();
    expect(await waiting).toBe(0);
    expect(await budget.take(1, performance.now() + WITHIN_MS, leaving.signal)).toBe(0);
  });
});
