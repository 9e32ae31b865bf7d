import { describe, expect, it } from 'vitest';
import { advisedDelay, backOffDelay } from '../../../src/client/index.ts';

const backOff = { baseDelayMs: 250, maxDelayMs: 30_000 };

describe('GIVEN attempts to connect again', () => {
  it.each([
    [1, 250],
    [2, 500],
    [3, 1_000],
    [8, 30_000],
    [2_000, 30_000],
  ])('WHEN it is attempt %i THEN the wait is anything from 0 to %i ms', (attempt, ceiling) => {
    expect(backOffDelay(attempt, backOff, () => 0)).toBe(0);
    expect(backOffDelay(attempt, backOff, () => 0.5)).toBe(ceiling / 2);
    expect(backOffDelay(attempt, backOff, () => 0.999999)).toBe(ceiling);
  });
});

describe('GIVEN reasons of a close', () => {
  it.each([
    ['The server is draining; retry-after-ms=250', 250],
    ['retry-after-ms=0', 0],
    ['retry-after-ms=', undefined],
    ['retry-after-ms=99999999999', undefined],
    ['no-retry-after-ms', undefined],
    ['', undefined],
  ])('WHEN it is %j THEN the advice is %s', (reason, advice) => {
    expect(advisedDelay(reason)).toBe(advice);
  });
});
