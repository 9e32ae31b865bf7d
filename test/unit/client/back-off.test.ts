import fc from 'fast-check';
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

describe('GIVEN any back-off', () => {
  const anyBackOff = fc.record({ baseDelayMs: fc.nat(3_600_000), maxDelayMs: fc.nat(2 ** 31 - 1) });
  const attempts = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 2 ** 31 }));
  const luck = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('WHEN any attempt fails THEN the wait is a whole number of ms within the ceiling', () => {
    fc.assert(
      fc.property(anyBackOff, attempts, luck, (backOff, attempt, random) => {
        const delay = backOffDelay(attempt, backOff, () => random);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(backOff.maxDelayMs);
        if (attempt <= 32) expect(delay).toBeLessThanOrEqual(backOff.baseDelayMs * 2 ** (attempt - 1));
      }),
    );
  });

  it('WHEN the next one fails too THEN its ceiling is twice as high, up to the highest', () => {
    fc.assert(
      fc.property(anyBackOff, fc.integer({ min: 1, max: 2_000 }), (backOff, attempt) => {
        const ceiling = backOffDelay(attempt, backOff, () => 1);
        expect(backOffDelay(attempt + 1, backOff, () => 1)).toBe(Math.min(backOff.maxDelayMs, ceiling * 2));
      }),
    );
  });

  it('WHEN luck is the same THEN the wait is that share of the ceiling: jitter is full', () => {
    fc.assert(
      fc.property(anyBackOff, attempts, luck, (backOff, attempt, random) => {
        const ceiling = backOffDelay(attempt, backOff, () => 1);
        expect(backOffDelay(attempt, backOff, () => random)).toBe(Math.round(random * ceiling));
      }),
    );
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

  it('WHEN there is advice anywhere in it THEN it is found', () => {
    const text = fc.string().filter((text) => !text.includes('retry-after-ms'));
    fc.assert(
      fc.property(text, fc.nat(9_999_999), (before, delay) => {
        expect(advisedDelay(`${before}; retry-after-ms=${delay}`)).toBe(delay);
      }),
    );
  });
});
