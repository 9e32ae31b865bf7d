import {
  type CryptoKey,
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type JWTHeaderParameters,
} from 'jose';
import type { Logger } from 'pino';
import { keysAway } from './refusal.ts';
import { allOf, type TokenKeys } from './token-keys.ts';

const TIMEOUT_MS = 5_000;
/** Keys that are older are fetched again, meanwhile they hold; so a key that was withdrawn holds no longer than this. */
const FRESH_MS = 600_000;
/** How long after a failure nothing is fetched. */
const RETRY_SECONDS = 2;

interface RemoteKeysOptions {
  readonly url: string;
  /** Time between two fetches that unknown keys cause. */
  readonly cooldownSeconds: number;
  readonly log: Logger;
}

/**
 * Public keys from a JWKS on the network. It is fetched for the first token, for a token of an unknown key unless that
 * was just done, and in the background when it has become old. While it cannot be fetched the keys at hand hold.
 */
export class RemoteKeys implements TokenKeys {
  readonly #url: string;
  readonly #log: Logger;
  readonly #set: ReturnType<typeof createRemoteJWKSet>;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #retryAt = 0;
  #away = false;

  constructor({ url, cooldownSeconds, log }: RemoteKeysOptions) {
    this.#url = url;
    this.#log = log;
    this.#set = createRemoteJWKSet(new URL(url), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: cooldownSeconds * 1_000,
      cacheMaxAge: Number.POSITIVE_INFINITY,
      [customFetch]: (...request) => this.#fetch(...request),
    });
  }

  /** @throws HttpError 503 when none is known that fits, and they cannot be fetched */
  async fitting(header: JWTHeaderParameters): Promise<readonly CryptoKey[]> {
    const old = performance.now() - this.#fetchedAt > FRESH_MS;
    if (old && this.#fetchedAt > 0) void this.#set.reload().catch(() => {});
    try {
      return await allOf(this.#set(header));
    } catch (error) {
      if (error instanceof Unfetched) throw keysAway(RETRY_SECONDS);
      throw error;
    }
  }

  async #fetch(...request: Parameters<typeof fetch>): Promise<Response> {
    if (performance.now() < this.#retryAt) throw new Unfetched();
    try {
      const response = await fetch(...request);
      const text = await response.text();
      if (response.status !== 200) throw new Error(`The answer was ${response.status}`);
      createLocalJWKSet(JSON.parse(text));
      this.#fetchedAt = performance.now();
      if (this.#away) this.#log.info({ url: this.#url }, 'The keys of tokens can be fetched again');
      this.#away = false;
      return new Response(text);
    } catch (error) {
      this.#retryAt = performance.now() + RETRY_SECONDS * 1_000;
      if (!this.#away)
        this.#log.warn({ url: this.#url, reason: reasonOf(error) }, 'The keys of tokens cannot be fetched');
      this.#away = true;
      throw new Unfetched();
    }
  }
}

/** The key set could not be fetched. */
class Unfetched extends Error {
  override readonly name = 'Unfetched';
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
