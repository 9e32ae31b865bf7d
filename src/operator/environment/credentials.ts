import { generatedSecret, owned } from '../../constructs/index.ts';
import { type Environment, type SecretKey, secretRequirements } from '../../spec/index.ts';
import type { Api } from '../api/api-client.ts';
import { isApiError } from '../api/api-error.ts';
import { type KubeObject, keyOf } from '../api/kube-object.ts';
import { pathOf, SECRET } from '../kinds.ts';
import type { Store } from '../runtime/store.ts';
import { ownerReference } from './desired.ts';
import { FIELD_MANAGER, FRONT_DOOR } from './marks.ts';

/** A key of a Secret that an environment reads, and whether it is there. */
export interface Credential extends SecretKey {
  readonly state: 'present' | 'secretMissing' | 'keyMissing';
}

/** Keys of Secrets that an environment reads: its credentials, and the variables of the application and its sidecars. */
export function neededKeys(environment: Environment): readonly SecretKey[] {
  const { secretEnv, sidecars = [] } = environment.spec.server;
  const variables = [{ secretEnv }, ...sidecars].flatMap((one) => Object.values(one.secretEnv ?? {}));
  return [...secretRequirements(environment), ...variables].map(({ name, key }) => ({ name, key }));
}

/** Creates the Secrets an environment generates, and looks which keys there are. Values are neither kept nor logged. */
export class Credentials {
  readonly #store: Store;
  /** Keys of the Secrets that were looked at, by uid and version. */
  readonly #keys = new WeakMap<KubeObject, ReadonlySet<string>>();

  /** @param store metadata of Secrets */
  constructor(store: Store) {
    this.#store = store;
  }

  /** Creates what is missing and returns the names. Never changes a Secret that is there. */
  async ensure(api: Api, environment: Environment, owner: KubeObject): Promise<readonly string[]> {
    const { namespace } = environment.metadata;
    const created: string[] = [];
    for (const requirement of secretRequirements(environment)) {
      const { name, generated } = requirement;
      if (!generated || this.#store.get(keyOf({ metadata: { name, namespace } })) !== undefined) continue;
      const [secret] = owned([generatedSecret(environment, requirement)], FRONT_DOOR);
      const body = { ...secret, metadata: { ...secret?.metadata, ownerReferences: [ownerReference(owner)] } };
      try {
        const path = pathOf(SECRET, namespace);
        const made = await api.json<KubeObject>({
          method: 'POST',
          path,
          query: { fieldManager: FIELD_MANAGER },
          body,
        });
        this.#store.put({ apiVersion: SECRET.apiVersion, kind: SECRET.kind, metadata: made.metadata });
        this.#remember(made);
        created.push(name);
      } catch (error) {
        // There already; the cache was behind.
        if (!isApiError(error, 409)) throw error;
      }
    }
    return created;
  }

  /** Which of the keys an environment reads are there. */
  async look(api: Api, environment: Environment): Promise<readonly Credential[]> {
    const { namespace } = environment.metadata;
    return Promise.all(
      neededKeys(environment).map(async ({ name, key }) => {
        const keys = await this.#keysOf(api, namespace, name);
        const state = keys === undefined ? 'secretMissing' : keys.has(key) ? 'present' : 'keyMissing';
        return { name, key, state } as const;
      }),
    );
  }

  async #keysOf(api: Api, namespace: string, name: string): Promise<ReadonlySet<string> | undefined> {
    const known = this.#store.get(keyOf({ metadata: { name, namespace } }));
    if (known === undefined) return undefined;
    const seen = this.#keys.get(known);
    if (seen !== undefined) return seen;
    try {
      return this.#remember(await api.json<KubeObject>({ path: pathOf(SECRET, namespace, name) }));
    } catch (error) {
      if (isApiError(error, 404)) return undefined;
      throw error;
    }
  }

  /** Remembers which keys a Secret has, if the cache is neither behind it nor ahead. */
  #remember(secret: KubeObject): ReadonlySet<string> {
    const keys = new Set(Object.keys((secret.data as object | undefined) ?? {}));
    const known = this.#store.get(keyOf(secret));
    if (known !== undefined && known.metadata.resourceVersion === secret.metadata.resourceVersion) {
      this.#keys.set(known, keys);
    }
    return keys;
  }
}
