import { createHash } from 'node:crypto';

/**
 * What an API key may do: `api` calls the server API and routes that ask for such a key, `user` stands for the user of its
 * name.
 */
export const API_KEY_SCOPES = ['api', 'user'] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** Whose a key is and what it may do; two keys may have the same, while one takes the place of the other. */
export interface ApiKeyGrant {
  /** Letters, digits, `_`, `.`, `@` and `-`; 64 at the most. */
  readonly name: string;
  readonly scope: ApiKeyScope;
}

const NAME = '[A-Za-z0-9_.@-]{1,64}';

/** `name:scope:sha256`, as `auth.apiKeys` lists it. */
export const API_KEY_ENTRY = new RegExp(`^${NAME}:(${API_KEY_SCOPES.join('|')}):[0-9a-f]{64}$`);

/** Whether keys may have such a name. */
export function isApiKeyName(text: string): boolean {
  return new RegExp(`^${NAME}$`).test(text);
}

/** What of a key is kept and compared. A key is random, so nothing slower is needed. */
export function hashOfApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The entry of a key for `auth.apiKeys`; who reads it has no key. */
export function apiKeyEntry({ name, scope }: ApiKeyGrant, key: string): string {
  return `${name}:${scope}:${hashOfApiKey(key).toString('hex')}`;
}

/** @param entry what the settings accepted */
export function parseApiKeyEntry(entry: string): ApiKeyGrant & { readonly hash: Buffer } {
  const [name = '', scope, hash = ''] = entry.split(':');
  return { name, scope: scope as ApiKeyScope, hash: Buffer.from(hash, 'hex') };
}
