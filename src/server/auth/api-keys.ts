import { createHash, timingSafeEqual } from 'node:crypto';
import type { User } from './user.ts';

/** API keys by the SHA-256 of each, so that who reads the settings has no key. */
export class ApiKeys {
  readonly #entries: readonly { readonly name: string; readonly hash: Buffer }[];

  /** @param entries `name:sha256` each, as in the settings */
  constructor(entries: readonly string[]) {
    this.#entries = entries.map((entry) => {
      const [name = '', hash = ''] = entry.split(':');
      return { name, hash: Buffer.from(hash, 'hex') };
    });
  }

  /** Whom the key stands for; it takes as long whichever key it is, and if it is none. */
  user(key: string): User | undefined {
    const hash = createHash('sha256').update(key).digest();
    let found: string | undefined;
    for (const entry of this.#entries) if (timingSafeEqual(entry.hash, hash)) found = entry.name;
    return found === undefined ? undefined : { id: found, claims: {} };
  }
}
