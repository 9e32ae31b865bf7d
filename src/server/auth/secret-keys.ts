import { timingSafeEqual } from 'node:crypto';
import { HmacKey } from './hmac-key.ts';
import { MOST_TOKEN_BYTES } from './token-header.ts';

const KEPT_KEYS = 2;
/** Of an HS256 signature in base64url. */
const SIGNATURE_LENGTH = 43;

const given = Buffer.alloc(SIGNATURE_LENGTH);
const expected = Buffer.alloc(SIGNATURE_LENGTH);

/** HS256 keys: the current one, and the one before it until the next rotation. */
export class SecretKeys {
  readonly #keys: readonly HmacKey[];

  constructor(key: string, before?: SecretKeys) {
    const current = new HmacKey(Buffer.from(key), MOST_TOKEN_BYTES);
    this.#keys = [current, ...(before === undefined ? [] : before.#keys)].slice(0, KEPT_KEYS);
  }

  /** Whether one of them has signed the token, whatever its header says. */
  haveSigned(token: string): boolean {
    const end = token.lastIndexOf('.');
    const signature = token.slice(end + 1);
    if (signature.length !== SIGNATURE_LENGTH) return false;
    given.write(signature, 'latin1');
    const signed = token.slice(0, end);
    // As texts are compared, only one way to write a signature is let through: base64 has spare bits.
    return this.#keys.some((key) => {
      expected.write(key.sign(signed), 'latin1');
      return timingSafeEqual(given, expected);
    });
  }
}
