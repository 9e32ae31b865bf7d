import type { SecretManifest } from '../../constructs/index.ts';
import { type SecretData, TRANSIENT_KEYS } from '../../spec/index.ts';
import type { Api } from '../api/api-client.ts';
import { isApiError } from '../api/api-error.ts';
import { type KubeObject, keyOf, type OwnerReference } from '../api/kube-object.ts';
import { pathOf, SECRET } from '../kinds.ts';
import type { Store } from '../runtime/store.ts';
import { FIELD_MANAGER } from './marks.ts';

type Place = { readonly name: string; readonly namespace: string };

/** Secrets: their metadata from the cache, their values from the API server each time, kept nowhere. */
export class SecretStore {
  readonly #store: Store;

  /** @param store metadata of Secrets */
  constructor(store: Store) {
    this.#store = store;
  }

  /** Metadata of a Secret, if it is there. */
  known(metadata: Place): KubeObject | undefined {
    return this.#store.get(keyOf({ metadata }));
  }

  /** A Secret with its values, if it is there and may be read. */
  async read(api: Api, { name, namespace }: Place): Promise<KubeObject | undefined> {
    try {
      return await api.json<KubeObject>({ path: pathOf(SECRET, namespace, name) });
    } catch (error) {
      if (isApiError(error, 403, 404)) return undefined;
      throw error;
    }
  }

  /** Undefined when there is one of that name, of which the cache has not heard yet. */
  async create(api: Api, secret: SecretManifest, owner: OwnerReference): Promise<KubeObject | undefined> {
    const body = { ...secret, metadata: { ...secret.metadata, ownerReferences: [owner] } };
    try {
      const path = pathOf(SECRET, secret.metadata.namespace);
      const query = { fieldManager: FIELD_MANAGER };
      return this.#put(await api.json<KubeObject>({ method: 'POST', path, query, body }));
    } catch (error) {
      if (!isApiError(error, 409)) throw error;
      return undefined;
    }
  }

  /**
   * Gives a Secret these keys and annotations, and takes away the keys of a rotation that are not among them, all at once. It is
   * refused when somebody has written the Secret since it was read.
   */
  async change(
    api: Api,
    { metadata }: KubeObject,
    data: SecretData,
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<KubeObject> {
    const gone = TRANSIENT_KEYS.filter((key) => !(key in data));
    return this.#put(
      await api.json<KubeObject>({
        method: 'PATCH',
        path: pathOf(SECRET, metadata.namespace, metadata.name),
        query: { fieldManager: FIELD_MANAGER },
        contentType: 'application/merge-patch+json',
        body: {
          metadata: { resourceVersion: metadata.resourceVersion, annotations },
          data: { ...encoded(data), ...Object.fromEntries(gone.map((key) => [key, null])) },
        },
      }),
    );
  }

  #put(secret: KubeObject): KubeObject {
    const { metadata } = secret;
    this.#store.put({ apiVersion: SECRET.apiVersion, kind: SECRET.kind, metadata });
    return secret;
  }
}

function encoded(data: SecretData): Record<string, string> {
  const entries = Object.entries(data);
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
}
