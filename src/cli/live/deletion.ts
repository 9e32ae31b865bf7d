import { HOLDS_DATA, isKept, MANAGED_BY, managedBy } from '../../constructs/index.ts';
import type { LiveObject } from '../../delivery/cluster/index.ts';
import { TidegateError } from '../../spec/index.ts';
import { type EnvironmentInCluster, frontDoorsOf } from './environment-in-cluster.ts';

/** What becomes of an environment's objects when it is deleted. */
export interface Deletion {
  readonly goes: readonly LiveObject[];
  /** Those of it that nobody deletes with others: the garbage collector deletes what they own. */
  readonly deleted: readonly LiveObject[];
  /** What holds data and outlives it, as its retention says; and what the operator does not deliver of an environment of its own. */
  readonly stays: readonly LiveObject[];
  /** Kinds that who asks may not see; objects of theirs stay, if there are any. */
  readonly unseen: readonly string[];
}

/** Those who apply from elsewhere, what they mark objects with, and where an environment is deleted then. */
const APPLIERS = [
  {
    who: 'Argo CD',
    marks: ['argocd.argoproj.io/tracking-id', 'argocd.argoproj.io/instance'],
    remedy: 'Remove it from Git',
  },
  { who: 'Flux', marks: ['kustomize.toolkit.fluxcd.io/name'], remedy: 'Remove it from Git' },
  {
    who: 'Helm',
    marks: ['meta.helm.sh/release-name'],
    remedy: 'Remove it from the values of its release, or uninstall that',
  },
] as const;

/**
 * Plans to delete an environment: everything but what holds data and is to be kept. What is applied first goes last.
 *
 * @throws ApiException when the operator delivers it, and its custom resource may not be seen
 * @throws TidegateError TG3001 when somebody applies it who would bring it back, or whose state would not know
 */
export function deletionOf(found: EnvironmentInCluster): Deletion {
  const { resource, objects, secrets, namespace, name, unseen } = found;
  const doors = frontDoorsOf(found);
  // What the operator delivers is deleted by what may not be seen.
  const hidden = resource === undefined && doors.includes('operator') ? unseen[0] : undefined;
  if (hidden !== undefined) throw hidden.error;
  if (doors.includes('pulumi')) {
    throw TidegateError.of('TG3001', `${namespace}/${name}`, 'Pulumi delivers it', 'Use pulumi destroy');
  }
  // What comes of a custom resource goes with that, whoever has applied it.
  const applied = resource === undefined ? objects : [resource];
  const applier = APPLIERS.find(({ marks }) => applied.some((object) => hasAny(object, marks)));
  if (applier !== undefined) {
    throw TidegateError.of('TG3001', `${namespace}/${name}`, `${applier.who} applies it`, applier.remedy);
  }
  const stays = [...objects, ...secrets].filter(
    (object) =>
      (HOLDS_DATA.has(object.kind) && outlives(object, resource)) ||
      (resource !== undefined && isOfOthers(object)),
  );
  const goes = [
    ...(resource === undefined ? [] : [resource]),
    ...objects.filter((object) => !stays.includes(object)).reverse(),
    ...secrets.filter((object) => !stays.includes(object)),
  ];
  const deleted = resource === undefined ? goes : goes.filter((object) => !isOwned(object));
  return { goes, deleted, stays, unseen: unseen.map(({ kind }) => kind) };
}

function isOwned({ metadata: { ownerReferences = [] } }: LiveObject): boolean {
  return ownerReferences.length > 0;
}

/** Whether another front door has taken it, so that it does not go with the custom resource. */
function isOfOthers(object: LiveObject): boolean {
  return !isOwned(object) && object.metadata.labels?.[MANAGED_BY] !== managedBy('operator');
}

function hasAny({ metadata: { labels, annotations } }: LiveObject, marks: readonly string[]): boolean {
  return marks.some((mark) => labels?.[mark] !== undefined || annotations?.[mark] !== undefined);
}

function outlives(object: LiveObject, resource: LiveObject | undefined): boolean {
  if (resource === undefined) return isKept(object);
  // The operator lets go of what is to stay; the garbage collector deletes what it still controls.
  return !object.metadata.ownerReferences?.some(({ uid }) => uid === resource.metadata.uid);
}
