import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HmacKey } from '../../../../src/server/auth/hmac-key.ts';

describe('GIVEN a key of any length', () => {
  it('WHEN it signs texts one after the other THEN each code is that of another implementation', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.array(fc.string({ unit: 'binary-ascii', maxLength: 300 }), { minLength: 1, maxLength: 4 }),
        (bytes, texts) => {
          const key = new HmacKey(bytes, 300);
          const others = texts.map((text) => createHmac('sha256', bytes).update(text).digest('base64url'));
          expect(texts.map((text) => key.sign(text))).toEqual(others);
        },
      ),
    );
  });

  it('WHEN a text is longer than it may be THEN it is refused and not cut', () => {
    expect(() => new HmacKey(Buffer.from('key'), 8).sign('123456789')).toThrow(RangeError);
  });
});
