import { ApiException } from '@kubernetes/client-node';
import {
  type FrontDoor,
  instanceLabels,
  isKept,
  MANAGED_BY,
  type Manifest,
  managedBy,
  selectorOf,
} from '../../constructs/index.ts';
import { type Environment, type Problem, TidegateError } from '../../spec/index.ts';
import { idOf, type Kind, type LiveObject } from './live-object.ts';
import type { ObjectApi } from './object-api.ts';
import { isForbidden, refusal } from './refusal.ts';

/** Objects that are no longer in the spec. */
export interface LeftBehind {
  readonly objects: readonly LiveObject[];
  /** Why some kinds could not be looked through. */
  readonly problems: readonly Problem[];
  /** The same for kinds that who asks may not see, and so cannot have delivered. */
  readonly forbidden: readonly Problem[];
}

/**
 * Objects that a front door once delivered and the environments no longer have, which an apply that prunes deletes. Volumes
 * that are to be kept are not among them.
 *
 * @param manifests all objects of the environments
 * @param kinds kinds that are looked through; those that the cluster does not serve have no objects
 */
export async function leftBehind(
  api: ObjectApi,
  environments: readonly Environment[],
  manifests: readonly Manifest[],
  kinds: readonly Kind[],
  door: FrontDoor,
): Promise<LeftBehind> {
  const delivered = new Set(manifests.map(idOf));
  const found: LiveObject[] = [];
  const problems: Problem[] = [];
  const forbidden: Problem[] = [];
  for (const { metadata } of environments) {
    const labelSelector = selectorOf({ ...instanceLabels(metadata.name), [MANAGED_BY]: managedBy(door) });
    for (const kind of kinds) {
      try {
        const objects = await api.list(kind, { namespace: metadata.namespace, labelSelector });
        found.push(...objects.filter((object) => !delivered.has(idOf(object)) && isPruned(object)));
      } catch (error) {
        const known = refusal(error, `${kind.kind} ${metadata.namespace}/`);
        if (!(known instanceof TidegateError)) throw known;
        (isForbidden(error) ? forbidden : problems).push(...known.problems);
        if (!(error instanceof ApiException)) return { objects: found, problems, forbidden };
      }
    }
  }
  return { objects: found, problems, forbidden };
}

/** What somebody else made of ours, such as the autoscaler behind a ScaledObject, goes with its owner. */
function isPruned(object: LiveObject): boolean {
  const { ownerReferences = [] } = object.metadata;
  return !isKept(object) && !ownerReferences.some(({ controller }) => controller === true);
}
