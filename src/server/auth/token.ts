import { jwtVerify } from 'jose';

/** Checks tokens: HS256, not expired, with a subject, and signed with the key or the one before it. */
export class TokenCheck {
  readonly #currentKey: () => string | undefined;
  /** Newest first. After a rotation, tokens of the key before it hold until they expire. */
  #keys: readonly string[] = [];

  constructor(currentKey: () => string | undefined) {
    this.#currentKey = currentKey;
  }

  /** Whom the token speaks for, or undefined when it is not good. */
  async user(token: string): Promise<string | undefined> {
    const key = this.#currentKey();
    if (key !== undefined && key !== this.#keys[0]) this.#keys = [key, ...this.#keys].slice(0, 2);
    for (const candidate of this.#keys) {
      const user = await subject(token, candidate);
      if (user !== undefined) return user;
    }
    return undefined;
  }
}

async function subject(token: string, key: string): Promise<string | undefined> {
  try {
    const secret = new TextEncoder().encode(key);
    const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'], requiredClaims: ['sub'] });
    // jose does not check the type of the claim.
    return typeof payload.sub === 'string' && payload.sub !== '' ? payload.sub : undefined;
  } catch {
    return undefined;
  }
}
