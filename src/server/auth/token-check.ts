import { compactVerify, errors } from 'jose';
import type { Logger } from 'pino';
import { TidegateError } from '../../spec/errors.ts';
import type { Settings } from '../../spec/settings.ts';
import { type ClaimRules, type Claims, readClaims } from './claims.ts';
import { derived } from './derived.ts';
import { proofRefused } from './refusal.ts';
import { RemoteKeys } from './remote-keys.ts';
import { SecretKeys } from './secret-keys.ts';
import { headerOf, type TokenHeader } from './token-header.ts';
import { PUBLIC_KEY_ALGORITHMS, PublicKeys } from './token-keys.ts';
import type { User } from './user.ts';

/**
 * Checks tokens (JWT): with the keys that the settings name, each for the algorithms of its own kind only; not expired,
 * and with a user.
 */
export class TokenCheck {
  readonly #auth: Settings['auth'];
  readonly #rules: ClaimRules;
  readonly #log: Logger;
  readonly #secretKeys: () => SecretKeys | undefined;
  readonly #publicKeys: () => PublicKeys | undefined;
  readonly #remoteKeys: RemoteKeys | undefined;

  /** @throws TidegateError TG2001 when `auth.publicKey` holds no public keys */
  constructor(current: () => Settings, log: Logger) {
    const { auth } = current();
    this.#auth = auth;
    this.#log = log;
    this.#rules = auth;
    this.#secretKeys = derived<Settings['auth'], SecretKeys | undefined>(() => current().auth, SecretKeys.of);
    this.#publicKeys = derived<string | undefined, PublicKeys | undefined>(
      () => current().auth.publicKey,
      (text, before) => this.#readPublicKeys(text, before),
    );
    this.#publicKeys();
    if (auth.jwksUrl !== undefined) {
      this.#remoteKeys = new RemoteKeys({
        url: auth.jwksUrl,
        cooldownSeconds: auth.jwksCooldownSeconds,
        log,
      });
    }
  }

  /**
   * Whom the token speaks for.
   *
   * @throws HttpError 401 when it is not good, 503 when its key is unknown and keys cannot be fetched
   */
  async user(token: string): Promise<User> {
    const claims = await this.claims(token);
    if (claims === 'expired') throw proofRefused('The token has expired');
    const id = claims === 'invalid' ? undefined : claims[this.#auth.subjectClaim];
    if (claims === 'invalid' || typeof id !== 'string' || id === '')
      throw proofRefused('The token is not valid');
    return { id, claims, expiresAt: claims.exp };
  }

  /**
   * What a token says that is well signed and holds now; or why nothing does. Whether it names a user is not looked at.
   *
   * @throws HttpError 503 when its key is unknown and keys cannot be fetched
   */
  async claims(token: string): Promise<Claims | 'expired' | 'invalid'> {
    const header = headerOf(token);
    if (header === undefined) return 'invalid';
    // A public key is never looked at for HS256, or anyone could sign with it.
    if (header.alg === 'HS256') return this.#bySecretKey(token);
    if (!PUBLIC_KEY_ALGORITHMS.includes(header.alg) || !hasCanonicalSignature(token)) return 'invalid';
    return this.#byPublicKey(token, header);
  }

  #bySecretKey(token: string): Claims | 'expired' | 'invalid' {
    return this.#secretKeys()?.haveSigned(token) === true ? this.#read(token) : 'invalid';
  }

  async #byPublicKey(token: string, header: TokenHeader): Promise<Claims | 'expired' | 'invalid'> {
    for (const keys of [this.#publicKeys(), this.#remoteKeys]) {
      for (const key of (await keys?.fitting(header)) ?? []) {
        try {
          await compactVerify(token, key, { algorithms: [header.alg] });
          return this.#read(token);
        } catch (error) {
          if (error instanceof errors.JWSSignatureVerificationFailed) continue;
          const { code, message } = error as errors.JOSEError;
          this.#log.debug({ code, reason: message }, 'A token was refused');
          return 'invalid';
        }
      }
    }
    return 'invalid';
  }

  /** Only of a token that is well signed it is told what is wrong with it. */
  #read(token: string): Claims | 'expired' | 'invalid' {
    const claims = readClaims(token.slice(token.indexOf('.') + 1, token.lastIndexOf('.')), this.#rules);
    if (typeof claims === 'object') return claims;
    this.#log.debug({ reason: claims }, 'A token was refused');
    return claims === 'expired' ? 'expired' : 'invalid';
  }

  #readPublicKeys(text: string | undefined, before: PublicKeys | undefined): PublicKeys | undefined {
    try {
      return text === undefined ? undefined : new PublicKeys(text);
    } catch (error) {
      const { message } = error as Error;
      if (before === undefined) throw TidegateError.of('TG2001', 'auth.publicKey', message);
      this.#log.warn({ reason: message }, 'The new auth.publicKey cannot be read; the one before it holds');
      return before;
    }
  }
}

/** Base64 has spare bits that decoders leave unread: only one way to write a signature is let through. */
function hasCanonicalSignature(token: string): boolean {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  return signature !== '' && Buffer.from(signature, 'base64url').toString('base64url') === signature;
}
