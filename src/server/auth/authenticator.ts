import type { Logger } from 'pino';
import type { ApiKeyScope } from '../../spec/settings/api-key.ts';
import type { Settings } from '../../spec/settings.ts';
import { HttpError } from '../app/http-error.ts';
import { ApiKeys } from './api-keys.ts';
import type { Claims } from './claims.ts';
import { derived } from './derived.ts';
import { apiKeyOf, type Proof, type ProofSource, proofsOf } from './proof.ts';
import { apiKeyNeeded, apiKeyOfOtherScope, apiKeyRefused, proofUnclear } from './refusal.ts';
import { TokenCheck } from './token-check.ts';
import type { User } from './user.ts';

/**
 * An application's own way to find out who sends a request. It is asked first: undefined leaves the request to tokens
 * and API keys, an HttpError refuses it.
 */
export type Authenticate = (request: ProofSource) => User | undefined | Promise<User | undefined>;

interface AuthenticatorOptions {
  readonly current: () => Settings;
  readonly log: Logger;
  readonly authenticate?: Authenticate | undefined;
}

/** Finds out who sends a request. */
export class Authenticator {
  readonly #current: () => Settings;
  readonly #authenticate: Authenticate | undefined;
  readonly #tokens: TokenCheck;
  readonly #apiKeys: () => ApiKeys;

  /** @throws TidegateError TG2001 when `auth.publicKey` holds no public keys */
  constructor({ current, log, authenticate }: AuthenticatorOptions) {
    this.#current = current;
    this.#authenticate = authenticate;
    this.#tokens = new TokenCheck(current, log);
    this.#apiKeys = derived(
      () => current().auth.apiKeys,
      (entries) => new ApiKeys(entries),
    );
  }

  /**
   * @returns undefined when the request carries no proof
   * @throws HttpError 401 when it carries one that is not good, 403 when it is an API key of another scope, 400 when its
   * proofs are of different users, 503 when a token's key cannot be fetched
   */
  async user(request: ProofSource): Promise<User | undefined> {
    const own = await this.#authenticate?.(request);
    if (own !== undefined) return own;
    const { auth, cors } = this.#current();
    let user: User | undefined;
    for (const proof of proofsOf(request, { cookie: auth.cookie, origins: cors.origins })) {
      const proved = await this.#proved(proof);
      if (user !== undefined && user.id !== proved.id)
        throw proofUnclear('The proofs are of different users');
      user ??= proved;
    }
    return user;
  }

  /**
   * Which other server sends a request: the name of its API key.
   *
   * @throws HttpError 401 when there is no key or it is not good, 403 when it is of another scope, 400 when there are two
   */
  caller(headers: ProofSource['headers']): string {
    const key = apiKeyOf(headers);
    if (key === undefined) throw apiKeyNeeded();
    return this.#granted(key, 'api');
  }

  /** Whom a token speaks for. @throws HttpError 401 when it is not good, 503 when its key cannot be fetched */
  token(token: string): Promise<User> {
    return this.#tokens.user(token);
  }

  /** What a token says, or why nothing; as `TokenCheck.claims`. */
  claims(token: string): Promise<Claims | 'expired' | 'invalid'> {
    return this.#tokens.claims(token);
  }

  /** The same user by a newer token. @throws HttpError as `token`, and 403 when it is of someone else */
  async refreshed(user: User | undefined, token: string): Promise<User> {
    const refreshed = await this.token(token);
    if (refreshed.id !== user?.id)
      throw new HttpError(403, 'The token is of another user', { check: 'auth' });
    return refreshed;
  }

  async #proved({ kind, value }: Proof): Promise<User> {
    if (kind === 'token') return this.token(value);
    return { id: this.#granted(value, 'user'), claims: {} };
  }

  /** The name of a key. @throws HttpError 401, 403 */
  #granted(key: string, scope: ApiKeyScope): string {
    const grants = this.#apiKeys().grants(key);
    if (grants.length === 0) throw apiKeyRefused();
    const grant = grants.find((one) => one.scope === scope);
    if (grant === undefined) throw apiKeyOfOtherScope(scope);
    return grant.name;
  }
}
