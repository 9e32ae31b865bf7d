import type { Exchange } from './exchange.ts';

/** Headers of a response, or of the 101 that accepts a WebSocket. */
export interface HeaderWriter {
  set(name: string, value: string): void;
}

/**
 * Sees every HTTP request and every WebSocket, in one form. Middleware runs in the order it was added; `onHeaders` and
 * `onEnd` in the reverse one, also when a middleware before it has refused.
 */
export interface Middleware {
  /** As logs name it. */
  readonly name: string;
  /** Before anything else is done. An HttpError that is thrown here is the answer, and for a WebSocket there is no upgrade. */
  onRequest?(exchange: Exchange): void | Promise<void>;
  /**
   * Once its path, origin and proof were checked, so that `route` and `user` are known. An HttpError that is thrown here is
   * the answer as well.
   */
  onAdmit?(exchange: Exchange): void | Promise<void>;
  /** When the head of the response is about to be written, refusals included. */
  onHeaders?(exchange: Exchange, headers: HeaderWriter): void;
  /** Once the response has been sent, or the WebSocket is closed. */
  onEnd?(exchange: Exchange): void;
}

/** Every middleware of an application, called in its order. */
export class Middlewares {
  readonly #list: Middleware[] = [];
  /** The same, the last first. */
  #reversed: readonly Middleware[] = [];

  add(middleware: Middleware): void {
    this.#list.push(middleware);
    this.#reversed = this.#list.toReversed();
  }

  /** @throws what a middleware throws; those before it have let the request through, and get `onEnd` like the others */
  async request(exchange: Exchange): Promise<void> {
    for (const middleware of this.#list) {
      // Most are synchronous: a needless turn of the queue for each would be paid by every handshake.
      const waits = middleware.onRequest?.(exchange);
      if (waits !== undefined) await waits;
    }
  }

  /** @throws as `request` */
  async admit(exchange: Exchange): Promise<void> {
    for (const middleware of this.#list) {
      const waits = middleware.onAdmit?.(exchange);
      if (waits !== undefined) await waits;
    }
  }

  headers(exchange: Exchange, headers: HeaderWriter): void {
    for (const middleware of this.#reversed) middleware.onHeaders?.(exchange, headers);
  }

  end(exchange: Exchange): void {
    for (const middleware of this.#reversed) {
      try {
        middleware.onEnd?.(exchange);
      } catch (error) {
        exchange.log.error({ err: error, middleware: middleware.name }, 'A middleware failed');
      }
    }
  }
}
