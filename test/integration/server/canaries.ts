import { randomBytes } from 'node:crypto';

/** Secrets that nothing else looks like, to be looked for where none may be. */
export class Canaries {
  readonly #byName = new Map<string, string>();

  /** A secret of letters and digits. */
  make(name: string): string {
    const secret = randomBytes(24).toString('hex');
    this.#byName.set(name, secret);
    return secret;
  }

  /** Looks out for one that was made elsewhere. */
  add(name: string, secret: string): void {
    this.#byName.set(name, secret);
  }

  /** Names of those that are in a text. */
  foundIn(text: string): readonly string[] {
    return [...this.#byName].filter(([, secret]) => text.includes(secret)).map(([name]) => name);
  }
}
