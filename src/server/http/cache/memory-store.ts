import type { CachedResponse, CacheStore } from './cache-store.ts';

interface Kept {
  readonly response: CachedResponse;
  readonly bytes: number;
  readonly until: number;
}

/** What an entry takes beside its body, roughly. */
const ENTRY_BYTES = 512;

/** Keeps responses in the process, up to so many bytes; those that were used longest ago go first. */
export class MemoryStore implements CacheStore {
  readonly #mostBytes: number;
  /** The one that was used last is last. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async get(key: string, now = Date.now()): Promise<CachedResponse | undefined> {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#drop(key, kept);
    if (kept.until <= now) return undefined;
    this.#keep(key, kept);
    return kept.response;
  }

  async set(key: string, response: CachedResponse, seconds: number, now = Date.now()): Promise<void> {
    const before = this.#kept.get(key);
    if (before !== undefined) this.#drop(key, before);
    const bytes = ENTRY_BYTES + response.body.length * 2;
    if (bytes > this.#mostBytes) return;
    for (const [oldest, kept] of this.#kept) {
      if (this.#bytes + bytes <= this.#mostBytes) break;
      this.#drop(oldest, kept);
    }
    this.#keep(key, { response, bytes, until: now + seconds * 1_000 });
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#bytes += kept.bytes;
  }

  #drop(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
  }
}
