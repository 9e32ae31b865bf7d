import { controllerReference, type KubeObject, keyOf } from '../api/kube-object.ts';

/** Called with the object as it is now (or last was), and as it was before. */
export type ChangeHandler = (change: Change) => void;

export interface Change {
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
  readonly deleted: boolean;
  /** True for objects of a first list: there may be many, and none of them is news. */
  readonly initial: boolean;
}

/** Cache of the objects of one kind, in step with the API server by list and watch. */
export class Store {
  readonly #objects = new Map<string, KubeObject>();
  readonly #byController = new Map<string, Set<string>>();
  readonly #handlers: ChangeHandler[] = [];
  #version = 0n;
  #filled = false;

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

  /** Objects whose controller has this uid. */
  controlledBy(uid: string): readonly KubeObject[] {
    return [...(this.#byController.get(uid) ?? [])].flatMap((key) => this.#objects.get(key) ?? []);
  }

  /** Takes a list for the whole truth, and tells what it changes. */
  replace(objects: readonly KubeObject[], version: string): void {
    const gone = new Set(this.#objects.keys());
    const initial = !this.#filled;
    this.#filled = true;
    this.seen(version);
    for (const object of objects) {
      gone.delete(keyOf(object));
      this.#set(object, initial);
    }
    for (const key of gone) this.#delete(key);
  }

  /** Takes an event of a watch. */
  apply(type: string, object: KubeObject): void {
    this.seen(object.metadata.resourceVersion);
    if (type === 'DELETED') this.#delete(keyOf(object), object);
    else if (!this.#isOlder(object)) this.#set(object, false);
  }

  /**
   * Takes the answer to a write of our own, so that it is read before the watch brings it. An answer that is no newer than
   * what the watch has brought is dropped: the object may have been deleted since.
   */
  put(object: KubeObject): void {
    if (versionOf(object) > this.#version && !this.#isOlder(object)) this.#set(object, false);
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

  #set(object: KubeObject, initial: boolean): void {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (previous !== undefined && previous.metadata.resourceVersion === object.metadata.resourceVersion)
      return;
    if (previous !== undefined) this.#unindex(key, previous);
    this.#objects.set(key, object);
    const controller = controllerReference(object)?.uid;
    if (controller !== undefined) {
      this.#byController.set(controller, (this.#byController.get(controller) ?? new Set()).add(key));
    }
    this.#tell({ object, previous, deleted: false, initial });
  }

  #delete(key: string, last?: KubeObject): void {
    const previous = this.#objects.get(key);
    if (previous === undefined) return;
    this.#objects.delete(key);
    this.#unindex(key, previous);
    this.#tell({ object: last ?? previous, previous, deleted: true, initial: false });
  }

  #unindex(key: string, object: KubeObject): void {
    const controller = controllerReference(object)?.uid;
    const keys = controller === undefined ? undefined : this.#byController.get(controller);
    keys?.delete(key);
    if (controller !== undefined && keys?.size === 0) this.#byController.delete(controller);
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
