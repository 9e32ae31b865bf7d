import { createPublicKey } from 'node:crypto';
import { type CryptoKey, createLocalJWKSet, errors, type JWK, type JWTHeaderParameters } from 'jose';

/** Where the keys come from that a token may be signed with. */
export interface TokenKeys {
  /** Those that fit the header of a token, the likeliest first. */
  fitting(header: JWTHeaderParameters): Promise<readonly CryptoKey[]>;
}

/** Algorithms of public keys. Which of them a key is good for follows from its type and curve. */
export const PUBLIC_KEY_ALGORITHMS: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/** Public keys from a text. A key that has no id of its own, as PEM has none, fits tokens with any. */
export class PublicKeys implements TokenKeys {
  readonly #named: ReturnType<typeof createLocalJWKSet>;
  readonly #unnamed: ReturnType<typeof createLocalJWKSet>;

  /**
   * @param text PEM (public keys and certificates, one after the other), a JWK or a JWKS
   * @throws Error saying what is wrong with it
   */
  constructor(text: string) {
    const keys = publicKeys(text);
    this.#named = createLocalJWKSet({ keys: keys.filter(({ kid }) => kid !== undefined) });
    this.#unnamed = createLocalJWKSet({ keys: keys.filter(({ kid }) => kid === undefined) });
  }

  async fitting(header: JWTHeaderParameters): Promise<readonly CryptoKey[]> {
    const named = await allOf(this.#named(header));
    return [...named, ...(await allOf(this.#unnamed({ alg: header.alg })))];
  }
}

/** Every key that a key set resolves to; none when none fits. */
export async function allOf(resolved: Promise<CryptoKey>): Promise<readonly CryptoKey[]> {
  try {
    return [await resolved];
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return [];
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    const keys: CryptoKey[] = [];
    for await (const key of error) keys.push(key);
    return keys;
  }
}

const PEM = /-----BEGIN (PUBLIC KEY|CERTIFICATE)-----[^-]+-----END \1-----/g;
const CURVES: readonly unknown[] = ['P-256', 'P-384', 'P-521', 'Ed25519'];
const LEAST_RSA_BITS = 2_048;

function publicKeys(text: string): readonly JWK[] {
  const keys = text.trimStart().startsWith('{') ? fromJson(text) : fromPem(text);
  if (keys.length === 0) throw new Error('It holds no key');
  for (const key of keys) check(key);
  return keys;
}

function fromJson(text: string): readonly JWK[] {
  let value: { keys?: unknown };
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('It is not valid JSON');
  }
  return (Array.isArray(value.keys) ? value.keys : [value]) as readonly JWK[];
}

function fromPem(text: string): readonly JWK[] {
  if (text.replace(PEM, '').trim() !== '') throw new Error('It holds more than public keys and certificates');
  try {
    return (text.match(PEM) ?? []).map((block) => createPublicKey(block).export({ format: 'jwk' }) as JWK);
  } catch {
    throw new Error('One of its keys cannot be read');
  }
}

function check(key: JWK): void {
  if (key.kty === 'oct' || key.d !== undefined)
    throw new Error('It holds a secret key; only public ones belong here');
  if (key.kty === 'RSA') {
    const { n } = key;
    const bits = typeof n === 'string' ? Buffer.from(n, 'base64url').length * 8 : 0;
    if (bits < LEAST_RSA_BITS) throw new Error(`An RSA key has less than ${LEAST_RSA_BITS} bits`);
  } else if (!CURVES.includes(key.crv)) {
    throw new Error(`A key is neither RSA nor on one of the curves ${CURVES.join(', ')}`);
  }
}
