import { jwtVerify } from 'jose';

/** Checks tokens: HS256, signed with the key, not expired, and with a subject. */
export class TokenCheck {
  readonly #key: Uint8Array | undefined;

  constructor(tokenKey: string | undefined) {
    this.#key = tokenKey === undefined ? undefined : new TextEncoder().encode(tokenKey);
  }

  /** Whom the token speaks for, or undefined when it is not good. */
  async user(token: string): Promise<string | undefined> {
    if (this.#key === undefined) return undefined;
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: ['HS256'],
        requiredClaims: ['sub'],
      });
      return payload.sub === '' ? undefined : payload.sub;
    } catch {
      return undefined;
    }
  }
}
