import type { Logger } from 'pino';
import type { ApiClient, ApiRequest } from '../api/api-client.ts';
import { ApiError, isApiError, isPassing } from '../api/api-error.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { type Kind, pathOf } from '../kinds.ts';
import { ASKED_CAP_MS, Backoff, PASSING_CAP_MS } from './backoff.ts';
import type { Metrics } from './metrics.ts';
import { pause } from './pause.ts';
import { Store, type StoreOptions } from './store.ts';

export interface ReflectorOptions {
  readonly client: ApiClient;
  readonly kind: Kind;
  /** Watches one namespace; all when undefined. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string;
  /** Fetches metadata alone: what is not needed is neither sent nor kept. */
  readonly metadataOnly?: boolean;
  /** What the cache keeps of the objects, and how it finds them. */
  readonly cache?: StoreOptions;
  /** Called when a kind that was not served has come to be. */
  readonly onServed?: () => void;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly timing?: Partial<ReflectorTiming> | undefined;
}

/** Milliseconds. */
export interface ReflectorTiming {
  /** Longest time a watch is asked to stay open. */
  readonly watchMs: number;
  /**
   * Time after which a list or watch that has not ended is taken for dead, whether it is silent or trickles; longer than
   * `watchMs`, after which a server that lives ends a watch.
   */
  readonly deadlineMs: number;
  /** Wait before a kind that is not served is looked for again. */
  readonly absentMs: number;
  /** The cap bounds how long after the end of a long trouble the next attempt comes. */
  readonly backoffMs: { readonly base: number; readonly cap: number };
  /** Longest wait that the server may ask for. */
  readonly mostAskedMs: number;
}

const TIMING: ReflectorTiming = {
  watchMs: 30_000,
  deadlineMs: 35_000,
  absentMs: 5_000,
  backoffMs: { base: 200, cap: PASSING_CAP_MS },
  mostAskedMs: ASKED_CAP_MS,
};
const PAGE = 500;
/** A watch that ends sooner than this has failed, whatever it said: without back-off it would become a storm. */
const SHORT_WATCH_MS = 1_000;

/** Failures in a row after which a watch begins afresh with a list. */
const HOPELESS = 5;

interface List {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  /** Null in an empty list of metadata. */
  readonly items: readonly KubeObject[] | null;
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

/** Keeps a Store in step with the API server: list, then watch, for ever. No error ends it; only the signal does. */
export class Reflector {
  readonly kind: Kind;
  readonly store: Store;
  readonly #options: ReflectorOptions;
  readonly #timing: ReflectorTiming;
  readonly #name: string;
  readonly #backoff: Backoff;
  readonly #ready = Promise.withResolvers<void>();
  /** Where the next watch begins; undefined when a list must come first. */
  #version: string | undefined;
  #served: boolean | undefined;
  #progressedAt = performance.now();

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.kind = options.kind;
    this.store = new Store(options.cache);
    this.#timing = { ...TIMING, ...options.timing };
    this.#name = options.kind.plural;
    this.#backoff = new Backoff({ baseMs: this.#timing.backoffMs.base, capMs: this.#timing.backoffMs.cap });
  }

  /** Whether the API server knows the kind; undefined until it has said so. */
  get served(): boolean | undefined {
    return this.#served;
  }

  /** Whether the first list is in, or there can be none because the kind is not served. */
  get synced(): boolean {
    return this.#served !== undefined;
  }

  /** Resolves once it is synced. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Milliseconds since the API server last said anything of use. */
  get stalledMs(): number {
    return performance.now() - this.#progressedAt;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#version === undefined) this.#version = await this.#list(signal);
        await this.#watch(this.#version, signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(error, signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<string> {
    this.#options.metrics.lists.inc({ name: this.#name });
    const items: KubeObject[] = [];
    let next: string | undefined;
    let version = '';
    do {
      const page = await this.#options.client.json<List>({
        ...this.#request('List', signal),
        query: { labelSelector: this.#options.labelSelector, limit: PAGE, continue: next },
      });
      this.#progressed();
      items.push(...(page.items ?? []).map((item) => this.#typed(item)));
      version = page.metadata.resourceVersion;
      next = page.metadata.continue || undefined;
    } while (next !== undefined);
    this.store.replace(items, version);
    this.#synced(true);
    return version;
  }

  async #watch(from: string, signal: AbortSignal): Promise<void> {
    this.#options.metrics.watches.inc({ name: this.#name });
    const started = performance.now();
    const events = this.#options.client.lines<WatchEvent>({
      ...this.#request('', signal),
      query: {
        watch: true,
        labelSelector: this.#options.labelSelector,
        resourceVersion: from,
        allowWatchBookmarks: true,
        // Spread over time, so that watches do not all come back at one moment.
        timeoutSeconds: Math.ceil((this.#timing.watchMs * (2 + Math.random())) / 3_000),
      },
    });
    const isShort = () => performance.now() - started < SHORT_WATCH_MS;
    try {
      for await (const event of events) this.#take(event);
    } finally {
      if (!isShort()) this.#backoff.reset();
    }
    this.#progressed();
    if (isShort()) await pause(this.#backoff.next(), signal);
  }

  #take({ type, object }: WatchEvent): void {
    if (type === 'ERROR') {
      const status = object as { code?: number; message?: string };
      throw new ApiError(status.code ?? 500, status);
    }
    this.#progressed();
    this.#version = object.metadata.resourceVersion;
    if (type === 'BOOKMARK') this.store.seen(this.#version);
    else this.store.apply(type, this.#typed(object));
    this.#options.metrics.cachedItems.set({ name: this.#name }, this.store.size);
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { log, metrics } = this.#options;
    if (isApiError(error, 404)) {
      this.#progressed();
      if (this.#served !== false)
        log.warn({ kind: this.#name }, 'The API server does not serve this kind; looking again');
      this.store.replace([], '');
      this.#version = undefined;
      this.#synced(false);
      return pause(this.#timing.absentMs * (0.75 + Math.random() / 4), signal);
    }
    metrics.watchErrors.inc({ name: this.#name });
    // The server may have forgotten the version, or not like something else about the watch: a list starts afresh.
    if (error instanceof ApiError && !isPassing(error)) this.#version = undefined;
    const waitMs = this.#backoff.next();
    // What does not get better may lie in the version itself, an event that cannot be read for example.
    if (this.#backoff.failures >= HOPELESS) this.#version = undefined;
    const askedMs = Math.min((error as Partial<ApiError>).retryAfterMs ?? 0, this.#timing.mostAskedMs);
    const { failures } = this.#backoff;
    const expired = isApiError(error, 410);
    // A long trouble is told ever more seldom.
    log[Number.isInteger(Math.log2(failures)) ? (expired ? 'info' : 'warn') : 'debug'](
      { kind: this.#name, error: (error as Error).message, failures },
      expired ? 'The watch expired; listing again' : 'Watching failed; trying again',
    );
    if (expired && failures === 1) return;
    await pause(Math.max(waitMs, askedMs), signal);
  }

  #request(suffix: 'List' | '', signal: AbortSignal): ApiRequest & { readonly deadlineMs: number } {
    const { kind, namespace, metadataOnly } = this.#options;
    const { deadlineMs } = this.#timing;
    const accept = `application/json;as=PartialObjectMetadata${suffix};g=meta.k8s.io;v=v1`;
    return {
      path: pathOf(kind, namespace),
      signal,
      deadlineMs,
      ...(metadataOnly === true ? { accept } : {}),
    };
  }

  /** Items of a list do not say what they are. */
  #typed(object: KubeObject): KubeObject {
    const { apiVersion, kind } = this.kind;
    return { ...object, apiVersion, kind };
  }

  #synced(served: boolean): void {
    const appeared = served && this.#served === false;
    this.#served = served;
    if (appeared) this.#options.onServed?.();
    this.#options.metrics.cachedItems.set({ name: this.#name }, this.store.size);
    this.#ready.resolve();
  }

  #progressed(): void {
    this.#progressedAt = performance.now();
  }
}
