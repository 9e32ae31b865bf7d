import { HttpError } from '../app/http-error.ts';
import type { TokenCheck } from './token.ts';
import type { User } from './user.ts';

/** Where a request may carry a proof of who sends it. */
export interface ProofSource {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly query: URLSearchParams;
}

/** Finds out who sends a request. */
export class Authenticator {
  readonly #tokens: TokenCheck;

  constructor(tokens: TokenCheck) {
    this.#tokens = tokens;
  }

  /**
   * @returns undefined when the request carries no proof
   * @throws HttpError 401 when it carries one that is not good
   */
  async user({ query }: ProofSource): Promise<User | undefined> {
    const token = query.get('token');
    if (token === null) return undefined;
    const user = await this.#tokens.user(token);
    if (user === undefined) throw new HttpError(401, 'The token is not valid', { check: 'auth' });
    return { id: user, claims: {} };
  }
}
