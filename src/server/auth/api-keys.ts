import { timingSafeEqual } from 'node:crypto';
import { type ApiKeyGrant, hashOfApiKey, parseApiKeyEntry } from '../../spec/settings/api-key.ts';

/** API keys by their hashes. */
export class ApiKeys {
  readonly #entries: readonly ReturnType<typeof parseApiKeyEntry>[];

  /** @param entries as `auth.apiKeys` lists them */
  constructor(entries: readonly string[]) {
    this.#entries = entries.map(parseApiKeyEntry);
  }

  /** What a key is listed for: nothing if it is none. It takes as long whichever key it is, and if it is none. */
  grants(key: string): readonly ApiKeyGrant[] {
    const hash = hashOfApiKey(key);
    return this.#entries.filter((entry) => timingSafeEqual(entry.hash, hash));
  }
}
