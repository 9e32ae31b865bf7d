import { createHash } from 'node:crypto';
import { type Extension, HOLDS_DATA, type Manifest, owned, render } from '../../constructs/index.ts';
import { API_VERSION, type Environment, KIND } from '../../spec/index.ts';
import type { KubeObject, OwnerReference } from '../api/kube-object.ts';
import { applySetOf, MEMBER_OF } from './apply-set.ts';
import { asleep } from './asleep.ts';
import { APPLIED_HASH, FRONT_DOOR } from './marks.ts';

/** An object of the tree as it is applied. */
export interface Desired extends Manifest {
  readonly metadata: Manifest['metadata'] & { readonly ownerReferences?: readonly OwnerReference[] };
}

/**
 * The objects an environment is to have, in the order they are applied, marked as its own.
 *
 * @param sleeps whether its pods are to be away
 * @throws TidegateError when the extension fails
 */
export function desiredObjects(
  environment: Environment,
  owner: KubeObject,
  extension: Extension = {},
  sleeps = false,
): readonly Desired[] {
  const reference = ownerReference(owner);
  const set = applySetOf(environment);
  const tree = render(environment, extension);
  return owned(sleeps ? asleep(tree) : tree, FRONT_DOOR).map((manifest) => {
    const ownerReferences = outlives(manifest, environment) ? [] : [reference];
    const labels = { ...manifest.metadata.labels, [MEMBER_OF]: set };
    const object = { ...manifest, metadata: { ...manifest.metadata, labels, ownerReferences } };
    const annotations = { ...manifest.metadata.annotations, [APPLIED_HASH]: hashOf(object) };
    return { ...object, metadata: { ...object.metadata, annotations } };
  });
}

/** Whether an object stays when its environment goes. */
export function outlives({ kind }: { readonly kind?: string }, { spec }: Environment): boolean {
  return HOLDS_DATA.has(kind) && spec.retention === 'Retain';
}

/** Makes the garbage collector delete an object after its environment. */
export function ownerReference({ metadata }: KubeObject): OwnerReference {
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    name: metadata.name,
    uid: metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Short hash of the whole tree. */
export function revisionOf(objects: readonly Desired[]): string {
  return hashOf(objects.map(({ metadata }) => metadata.annotations?.[APPLIED_HASH]));
}

function hashOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
