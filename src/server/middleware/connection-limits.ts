import type { Exchange } from '../app/exchange.ts';
import { HttpError } from '../app/http-error.ts';
import type { Middleware } from '../app/middleware.ts';
import { clientKey } from '../pace/client-key.ts';

export interface ConnectionLimits {
  /** Of one address, or IPv6 /64; 0 is no limit. */
  readonly perIp: number;
  /** Of one user; 0 is no limit. */
  readonly perUser: number;
}

/**
 * Refuses handshakes with 429 while as many sockets of the same address, or user, are on this replica.
 *
 * @param limits read for each handshake
 */
export function connectionLimits(limits: ConnectionLimits): Middleware {
  const addresses = new Seats(() => limits.perIp);
  const users = new Seats(() => limits.perUser);
  return {
    name: 'connection limits',
    onRequest(exchange) {
      if (exchange.kind !== 'websocket') return;
      if (!addresses.take(exchange, clientKey(exchange.ip))) throw tooMany('this address');
    },
    onAdmit(exchange) {
      if (exchange.kind !== 'websocket' || exchange.user === undefined) return;
      if (!users.take(exchange, exchange.user.id)) throw tooMany('this user');
    },
    onEnd(exchange) {
      addresses.leave(exchange);
      users.leave(exchange);
    },
  };
}

function tooMany(of: string): HttpError {
  return new HttpError(429, `Too many connections of ${of}`, { check: 'connections' });
}

/** Who holds how many places. */
class Seats {
  readonly #most: () => number;
  readonly #taken = new Map<string, number>();
  readonly #holders = new Map<Exchange, string>();

  constructor(most: () => number) {
    this.#most = most;
  }

  take(exchange: Exchange, key: string): boolean {
    const most = this.#most();
    if (most === 0) return true;
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= most) return false;
    this.#taken.set(key, taken + 1);
    this.#holders.set(exchange, key);
    return true;
  }

  leave(exchange: Exchange): void {
    const key = this.#holders.get(exchange);
    if (key === undefined) return;
    this.#holders.delete(exchange);
    const left = (this.#taken.get(key) ?? 1) - 1;
    if (left === 0) this.#taken.delete(key);
    else this.#taken.set(key, left);
  }
}
