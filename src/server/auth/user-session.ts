import type { Settings } from '../../spec/settings.ts';
import type { Exchange } from '../app/exchange.ts';
import type { Authenticator } from './authenticator.ts';
import type { Expiries } from './expiries.ts';
import type { User } from './user.ts';

/** What all sessions share. */
interface Shared {
  readonly authenticator: Authenticator;
  readonly expiries: Expiries;
  readonly settings: Settings;
}

/** A connection of a user: it ends with the proof, unless a newer one is brought before. */
export class UserSession {
  /** Its user is replaced by the one of a newer token. */
  readonly #exchange: Exchange;
  readonly #shared: Shared;
  #connection: { expire(): void } | undefined;
  #cancel: (() => void) | undefined;

  constructor(exchange: Exchange, shared: Shared) {
    this.#exchange = exchange;
    this.#shared = shared;
  }

  /** Ends the connection when the proof has ended. */
  begin(connection: { expire(): void }): void {
    this.#connection = connection;
    this.#watch();
  }

  /** @throws HttpError 401 when the token is not good, 403 when it is of another user, 503 when it cannot be checked now */
  async refresh(token: string): Promise<User> {
    const user = await this.#shared.authenticator.refreshed(this.#exchange.user, token);
    this.#exchange.user = user;
    this.#watch();
    return user;
  }

  close(): void {
    this.#connection = undefined;
    this.#cancel?.();
  }

  #watch(): void {
    const { expiries, settings } = this.#shared;
    const expiresAt = this.#exchange.user?.expiresAt;
    this.#cancel?.();
    if (expiresAt === undefined || this.#connection === undefined) return;
    // A client is let in so much later than its proof says it ends.
    this.#cancel = expiries.at(expiresAt + settings.auth.leewaySeconds, () => this.#connection?.expire());
  }
}
