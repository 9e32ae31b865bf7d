import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HeaderWriter } from '../app/middleware.ts';

/** Headers of an answer to a handshake; the last value of a name counts. */
export class HeaderLines implements HeaderWriter {
  readonly #values = new Map<string, string>();

  /** @throws TypeError when a header cannot be sent like this */
  set(name: string, value: string): void {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    this.#values.set(name.toLowerCase(), `${name}: ${value}`);
  }

  /** One line a header, without its end. */
  get lines(): string[] {
    return [...this.#values.values()];
  }
}
