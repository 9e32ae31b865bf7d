import type { Exchange } from '../app/exchange.ts';
import type { Authenticator } from './authenticator.ts';
import type { Expiries } from './expiries.ts';
import type { User } from './user.ts';

interface UserSessionOptions {
  /** Its user is replaced by the one of a newer token. */
  readonly exchange: Exchange;
  readonly authenticator: Authenticator;
  readonly expiries: Expiries;
  /** How much later than the proof says it ends, as it is let in so much later. */
  readonly leewaySeconds: number;
  /** Called when the proof has ended. */
  readonly expired: () => void;
}

/** A connection of a user: it ends with the proof, unless a newer one is brought before. */
export class UserSession {
  readonly #options: UserSessionOptions;
  #cancel = () => {};
  #closed = false;

  constructor(options: UserSessionOptions) {
    this.#options = options;
    this.#watch(options.exchange.user);
  }

  /** @throws HttpError 401 when the token is not good, 403 when it is of another user, 503 when it cannot be checked now */
  async refresh(token: string): Promise<User> {
    const { exchange, authenticator } = this.#options;
    const user = await authenticator.refreshed(exchange.user, token);
    exchange.user = user;
    if (!this.#closed) this.#watch(user);
    return user;
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  #watch(user: User | undefined): void {
    const { expiries, leewaySeconds, expired } = this.#options;
    this.#cancel();
    if (user?.expiresAt === undefined) return;
    this.#cancel = expiries.at(user.expiresAt + leewaySeconds, expired);
  }
}
