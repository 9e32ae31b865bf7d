import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientKey } from '../../../../src/server/pace/client-key.ts';
import { LocalLimiter } from '../../../../src/server/pace/limiter.ts';
import { MessagePace } from '../../../../src/server/pace/message-pace.ts';
import { type Pace, paceOf } from '../../../../src/server/pace/pace.ts';

const pace = (perSecond: number, burstSeconds: number) => paceOf(perSecond, burstSeconds) as Pace;

describe('GIVEN a pace of 10 a second and a burst of half a second', () => {
  it('WHEN one comes after silence THEN five pass, the sixth waits for the next tenth of a second', () => {
    const limiter = new LocalLimiter(pace(10, 0.5));
    const waits = Array.from({ length: 6 }, () => limiter.take('a', 1, 1_000));
    expect(waits).toEqual([0, 0, 0, 0, 0, 100]);
    expect([limiter.take('a', 1, 1_099), limiter.take('a', 1, 1_100), limiter.take('a', 1, 1_100)]).toEqual([
      1, 0, 100,
    ]);
  });

  it('WHEN several come at once THEN they pass together or wait together, and more than the burst never passes', () => {
    const limiter = new LocalLimiter(pace(10, 0.5));
    const waits = [
      [3, 0],
      [3, 0],
      [3, 100],
      [6, 10_000],
    ] as const;
    expect(waits.map(([count, at]) => limiter.take('a', count, at))).toEqual([0, 100, 0, 100]);
  });

  it('WHEN another key asks THEN it has a burst of its own', () => {
    const limiter = new LocalLimiter(pace(10, 0.1));
    expect([limiter.take('a', 1, 0), limiter.take('a', 1, 0), limiter.take('b', 1, 0)]).toEqual([0, 100, 0]);
  });

  it('WHEN a client sends messages THEN they pass and are refused by the same arithmetic', () => {
    const messages = new MessagePace(pace(10, 0.2));
    expect([0, 0, 0, 99, 100, 100].map((at) => messages.take(1_000 + at))).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });
});

describe('GIVEN any pace and any moments', () => {
  it('WHEN all is counted THEN never more passed than the burst and the rate allow', () => {
    const rates = fc.double({ min: 0.1, max: 1_000, noNaN: true });
    const bursts = fc.double({ min: 0.1, max: 60, noNaN: true });
    const gaps = fc.array(fc.tuple(fc.nat(5_000), fc.integer({ min: 1, max: 5 })), { maxLength: 200 });
    fc.assert(
      fc.property(rates, bursts, gaps, (rate, burst, steps) => {
        const limiter = new LocalLimiter(pace(rate, burst));
        let now = 0;
        let passed = 0;
        for (const [step, count] of steps) {
          now += step;
          if (limiter.take('a', count, now) === 0) passed += count;
        }
        const most = Math.max(1, rate * burst) + (now / 1_000) * rate + 1e-6;
        expect(passed).toBeLessThanOrEqual(Math.ceil(most));
      }),
    );
  });
});

describe('GIVEN a limiter that sees ever new keys', () => {
  it('WHEN their buckets are full again THEN they are forgotten', () => {
    const limiter = new LocalLimiter(pace(1, 1));
    for (let at = 0; at < 10_000; at += 10) limiter.take(`key ${at}`, 1, at);
    expect(limiter.size).toBeLessThanOrEqual(203);
  });

  it('WHEN they come faster than that THEN their number is bounded all the same', () => {
    const limiter = new LocalLimiter(pace(1, 3_600), 100);
    for (let at = 0; at < 10_000; at += 1) limiter.take(`key ${at}`, 1, 1_000);
    expect(limiter.size).toBeLessThanOrEqual(100);
  });
});

describe('GIVEN a rate of 0', () => {
  it('WHEN a pace is made THEN there is none', () => {
    expect(paceOf(0, 5)).toBeUndefined();
  });
});

describe('GIVEN addresses', () => {
  it('WHEN clients are told apart THEN IPv4 counts by the address, IPv6 by its /64', () => {
    const keys = [
      '10.1.2.3',
      '2001:db8:1:2:3:4:5:6',
      '2001:DB8:1:2::1',
      '2001:db8::1',
      '::1',
      'fe80::1%eth0',
    ];
    expect(keys.map(clientKey)).toEqual([
      '10.1.2.3',
      '2001:db8:1:2::/64',
      '2001:db8:1:2::/64',
      '2001:db8:0:0::/64',
      '0:0:0:0::/64',
      'fe80:0:0:0::/64',
    ]);
  });
});
