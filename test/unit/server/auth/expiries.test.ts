import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Expiries } from '../../../../src/server/auth/expiries.ts';

const START = Date.UTC(2026, 0, 1) / 1_000;

describe('GIVEN moments at which proofs end', () => {
  let expiries: Expiries;
  let called: string[];
  const at = (seconds: number, name: string) => expiries.at(START + seconds, () => called.push(name));

  beforeEach(() => {
    vi.useFakeTimers({ now: START * 1_000 });
    expiries = new Expiries();
    called = [];
  });
  afterEach(() => {
    expiries.close();
    vi.useRealTimers();
  });

  it('WHEN each comes THEN its callback is called once, and there is one timer for all', () => {
    for (const [seconds, name] of [
      [2, 'b'],
      [1, 'a'],
      [2, 'c'],
      [3, 'd'],
    ] as const)
      at(seconds, name);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(2_000);
    expect(called).toEqual(['a', 'b', 'c']);
    vi.advanceTimersByTime(60_000);
    expect(called).toEqual(['a', 'b', 'c', 'd']);
  });

  it('WHEN one is cancelled THEN it is not called, and the others of its second are', () => {
    const cancel = at(2, 'cancelled');
    at(2, 'kept');
    cancel();
    cancel();
    vi.advanceTimersByTime(5_000);
    expect(called).toEqual(['kept']);
  });

  it('WHEN it is past, or within a second, THEN it is due at the next tick, or after it', () => {
    at(-1_000, 'past');
    at(0.5, 'fraction');
    vi.advanceTimersByTime(1_000);
    expect(called).toEqual(['past', 'fraction']);
  });

  it('WHEN the clock jumps ahead THEN all that was between is due', () => {
    at(3_600, 'an hour');
    at(86_400, 'a day');
    vi.setSystemTime((START + 7_200) * 1_000);
    vi.advanceTimersByTime(1_000);
    expect(called).toEqual(['an hour']);
  });
});
