import { type KubeObject, keyOf } from '../api/kube-object.ts';

/** Called with the object as it is now (or last was), and as it was before. */
export type ChangeHandler = (change: Change) => void;

export interface Change {
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
  readonly deleted: boolean;
  /**
   * How it was learnt: from the first list, of which there may be many objects and none is news; from what the API server
   * tells after that; or from the answer to a write of our own.
   */
  readonly from: 'firstList' | 'server' | 'ownWrite';
}

export interface StoreOptions {
  /** What is kept of an object: the less, the more fit into memory. All by default. */
  readonly keep?: (object: KubeObject) => KubeObject;
  /** Terms that an object can be found by besides its key; none by default. */
  readonly terms?: (object: KubeObject) => readonly string[];
}

/** Cache of the objects of one kind, in step with the API server by list and watch. */
export class Store {
  readonly #keep: (object: KubeObject) => KubeObject;
  readonly #terms: (object: KubeObject) => readonly string[];
  readonly #objects = new Map<string, KubeObject>();
  /** Keys of the objects that a term finds. */
  readonly #index = new Map<string, Set<string>>();
  readonly #handlers: ChangeHandler[] = [];
  #version = 0n;
  #filled = false;

  constructor({ keep = (object) => object, terms = () => [] }: StoreOptions = {}) {
    this.#keep = keep;
    this.#terms = terms;
  }

  get size(): number {
    return this.#objects.size;
  }

  onChange(handler: ChangeHandler): void {
    this.#handlers.push(handler);
  }

  /** The object with a `namespace/name`. */
  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<KubeObject> {
    return this.#objects.values();
  }

  /** Objects that a term finds. */
  find(term: string): readonly KubeObject[] {
    return [...(this.#index.get(term) ?? [])].flatMap((key) => this.#objects.get(key) ?? []);
  }

  /** Takes a list for the whole truth, and tells what it changes. */
  replace(objects: readonly KubeObject[], version: string): void {
    const gone = new Set(this.#objects.keys());
    const from = this.#filled ? 'server' : 'firstList';
    this.#filled = true;
    // Lower than before after a restore from a backup.
    this.#version = toVersion(version);
    for (const object of objects) {
      gone.delete(keyOf(object));
      this.#set(object, from);
    }
    for (const key of gone) this.#delete(key);
  }

  /** Takes an event of a watch. */
  apply(type: string, object: KubeObject): void {
    this.seen(object.metadata.resourceVersion);
    if (type === 'DELETED') this.#delete(keyOf(object), object);
    else if (!this.#isOlder(object)) this.#set(object, 'server');
  }

  /**
   * Takes the answer to a write of our own, so that it is read before the watch brings it. An answer that is no newer than
   * what the watch has brought is dropped: the object may have been deleted since.
   */
  put(object: KubeObject): void {
    if (versionOf(object) > this.#version && !this.#isOlder(object)) this.#set(object, 'ownWrite');
  }

  /** Notes how far the watch has come. */
  seen(resourceVersion: string | undefined): void {
    const version = toVersion(resourceVersion);
    if (version > this.#version) this.#version = version;
  }

  #isOlder(object: KubeObject): boolean {
    const known = this.#objects.get(keyOf(object));
    return known !== undefined && versionOf(object) < versionOf(known);
  }

  #set(whole: KubeObject, from: Change['from']): void {
    const key = keyOf(whole);
    const previous = this.#objects.get(key);
    if (previous !== undefined && previous.metadata.resourceVersion === whole.metadata.resourceVersion)
      return;
    if (previous !== undefined) this.#unindex(key, previous);
    const object = this.#keep(whole);
    this.#objects.set(key, object);
    for (const term of this.#terms(object)) {
      this.#index.set(term, (this.#index.get(term) ?? new Set()).add(key));
    }
    this.#tell({ object, previous, deleted: false, from });
  }

  #delete(key: string, last?: KubeObject): void {
    const previous = this.#objects.get(key);
    if (previous === undefined) return;
    this.#objects.delete(key);
    this.#unindex(key, previous);
    this.#tell({ object: last ?? previous, previous, deleted: true, from: 'server' });
  }

  #unindex(key: string, object: KubeObject): void {
    for (const term of this.#terms(object)) {
      const keys = this.#index.get(term);
      keys?.delete(key);
      if (keys?.size === 0) this.#index.delete(term);
    }
  }

  #tell(change: Change): void {
    for (const handler of this.#handlers) handler(change);
  }
}

function versionOf(object: KubeObject): bigint {
  return toVersion(object.metadata.resourceVersion);
}

/**
 * Resource versions of one kind are ordered numbers.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
function toVersion(text: string | undefined): bigint {
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : 0n;
}
