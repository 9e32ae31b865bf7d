import { describe, expect, it } from 'vitest';
import { reconnectsAfter } from '../../../src/client/index.ts';
import { settle } from '../../../src/client/options.ts';

const defaults = {
  baseDelayMs: 250,
  maxDelayMs: 30_000,
  protocols: [],
  binaryType: 'arraybuffer',
  maxRetries: Number.POSITIVE_INFINITY,
  connectTimeoutMs: 10_000,
  stableAfterMs: 5_000,
  shouldReconnect: reconnectsAfter,
  awaitNetwork: true,
  queue: { messages: 100, bytes: 1_048_576, overflow: 'refuse' },
};

describe('GIVEN options of a socket', () => {
  it('WHEN nothing is given, or undefined is, THEN the defaults hold', () => {
    expect(settle({})).toEqual(defaults);
    expect(settle({ maxRetries: undefined, queue: { messages: undefined } } as object)).toEqual(defaults);
  });

  it('WHEN some are given THEN the others keep their defaults', () => {
    expect(settle({ maxRetries: 3, queue: { messages: 5 } })).toEqual({
      ...defaults,
      maxRetries: 3,
      queue: { ...defaults.queue, messages: 5 },
    });
    expect(settle({ queue: false }).queue.messages).toBe(0);
  });

  it.each([
    [{ baseDelayMs: -1 }, 'baseDelayMs is -1; give 0 to 2147483647'],
    [{ connectTimeoutMs: 2 ** 31 }, 'connectTimeoutMs is 2147483648; give 0 to 2147483647'],
    [{ maxRetries: Number.NaN }, 'maxRetries is NaN; give 0 to Infinity'],
    [{ queue: { bytes: -5 } }, 'bytes is -5; give 0 to Infinity'],
  ])('WHEN they are %j THEN they are refused', (options, message) => {
    expect(() => settle(options)).toThrow(new RangeError(message));
  });
});
