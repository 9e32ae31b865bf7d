import { HOLDS_DATA } from '../../constructs/index.ts';
import type { Environment } from '../../spec/index.ts';
import type { Api } from '../api/api-client.ts';
import { isApiError } from '../api/api-error.ts';
import { controllerReference, type KubeObject, keyOf } from '../api/kube-object.ts';
import { type Kind, pathOf } from '../kinds.ts';
import { applySetOf } from './apply-set.ts';
import type { Caches } from './caches.ts';
import { type Desired, outlives } from './desired.ts';
import { ownEntry } from './drift.ts';
import { FIELD_MANAGER } from './marks.ts';
import { otherOwner } from './ownership.ts';

/** An object that left the tree, and what became of it. */
export interface Pruned {
  readonly kind: string;
  readonly name: string;
  readonly did: 'deleted' | 'released';
}

/**
 * Removes what left the tree: of the objects that this environment controls or that were applied with its set, those that
 * were applied by us. Labels and owner references are copied easily; the entry in the managed fields is not. A volume that
 * is to outlive the environment is released instead. Credentials are no part of the tree and go with the environment.
 */
export async function prune(
  api: Api,
  caches: Pick<Caches, 'tree'>,
  environment: Environment,
  owner: KubeObject,
  desired: readonly Desired[],
): Promise<readonly Pruned[]> {
  const wanted = new Set(desired.map((object) => `${object.apiVersion} ${object.kind} ${keyOf(object)}`));
  const pruned: Pruned[] = [];
  for (const { kind, store } of caches.tree) {
    const members = new Set([
      ...store.find(owner.metadata.uid ?? ''),
      ...store.find(applySetOf(environment)),
    ]);
    for (const object of members) {
      const { name, namespace, deletionTimestamp } = object.metadata;
      if (namespace !== environment.metadata.namespace || deletionTimestamp !== undefined) continue;
      if (wanted.has(`${kind.apiVersion} ${kind.kind} ${keyOf(object)}`)) continue;
      if (ownEntry(object) === undefined || otherOwner(object, owner) !== undefined) continue;
      // A volume that no environment controls was kept on purpose, perhaps by one of this name that is gone.
      if (HOLDS_DATA.has(kind.kind) && controllerReference(object) === undefined) continue;
      const did = outlives(kind, environment) ? 'released' : 'deleted';
      await (did === 'released' ? release(api, kind, object) : remove(api, kind, object));
      pruned.push({ kind: kind.kind, name, did });
    }
  }
  return pruned;
}

/** Deletes the very object that was looked at, not one of the same name that came after it. */
async function remove(api: Api, kind: Kind, { metadata }: KubeObject): Promise<void> {
  const { name, namespace, uid, resourceVersion } = metadata;
  try {
    await api.json({
      method: 'DELETE',
      path: pathOf(kind, namespace, name),
      body: { propagationPolicy: 'Background', preconditions: { uid, resourceVersion } },
    });
  } catch (error) {
    if (!isApiError(error, 404)) throw error;
  }
}

async function release(api: Api, kind: Kind, { metadata }: KubeObject): Promise<void> {
  const { name, namespace, resourceVersion, ownerReferences = [] } = metadata;
  const index = ownerReferences.findIndex(({ controller }) => controller === true);
  await api.json({
    method: 'PATCH',
    path: pathOf(kind, namespace, name),
    query: { fieldManager: FIELD_MANAGER },
    contentType: 'application/json-patch+json',
    body: [
      { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
      { op: 'remove', path: `/metadata/ownerReferences/${index}` },
    ],
  });
}
