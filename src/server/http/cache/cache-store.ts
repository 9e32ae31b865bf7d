/** A response that can be sent again. */
export interface CachedResponse {
  readonly type: string;
  readonly body: string;
  readonly etag: string;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
}

/** Keeps responses for a while. It never fails: what it cannot keep or find is not there. */
export interface CacheStore {
  get(key: string): Promise<CachedResponse | undefined>;
  set(key: string, response: CachedResponse, seconds: number): Promise<void>;
}
