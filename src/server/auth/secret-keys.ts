import { timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { HmacKey } from './hmac-key.ts';
import { MOST_TOKEN_BYTES } from './token-header.ts';

/** Of an HS256 signature in base64url. */
const SIGNATURE_LENGTH = 43;

const given = Buffer.alloc(SIGNATURE_LENGTH);
const expected = Buffer.alloc(SIGNATURE_LENGTH);

/** The keys that the settings name. */
interface KeySettings {
  readonly tokenKey?: string | undefined;
  readonly acceptedTokenKeys: readonly string[];
}

/**
 * HS256 keys: all that the settings accept. Where they name one alone, the one before it is kept until the next rotation.
 */
export class SecretKeys {
  readonly #given: readonly string[];
  readonly #keys: readonly HmacKey[];

  private constructor(given: readonly string[], before: readonly HmacKey[]) {
    this.#given = given;
    this.#keys = [...given.map((key) => new HmacKey(Buffer.from(key), MOST_TOKEN_BYTES)), ...before];
  }

  /** The keys of settings; those before them where nothing has changed, or nothing is named any more. */
  static of(
    { tokenKey, acceptedTokenKeys }: KeySettings,
    before: SecretKeys | undefined,
  ): SecretKeys | undefined {
    const accepted = acceptedTokenKeys.length > 0;
    if (tokenKey === undefined && !accepted) return before;
    const given = [...new Set([tokenKey, ...acceptedTokenKeys])].filter((key) => key !== undefined);
    if (before !== undefined && isDeepStrictEqual(given, before.#given)) return before;
    return new SecretKeys(given, accepted || before === undefined ? [] : before.#keys.slice(0, 1));
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
