import { HOLDS_DATA } from '../../constructs/index.ts';
import type { LiveObject } from '../../delivery/cluster/index.ts';
import { TidegateError } from '../../spec/index.ts';
import { type EnvironmentInCluster, frontDoorOf } from './environment-in-cluster.ts';

/** What becomes of an environment's objects when it is deleted. */
export interface Deletion {
  readonly goes: readonly LiveObject[];
  /** What holds data and outlives it, as its retention says. */
  readonly stays: readonly LiveObject[];
  /** What whoever deletes should know, a sentence each. */
  readonly notes: readonly string[];
}

/** On the volumes of an environment with `retention: Retain`. */
const KEPT = 'kustomize.toolkit.fluxcd.io/prune';
const ARGO_CD = ['argocd.argoproj.io/tracking-id', 'argocd.argoproj.io/instance'];
const FLUX = 'kustomize.toolkit.fluxcd.io/name';

/**
 * Plans to delete an environment: everything but volumes that are to be kept. What is applied first goes last.
 *
 * @throws TidegateError TG3001 when Pulumi owns it, whose state would not know
 */
export function deletionOf(found: EnvironmentInCluster): Deletion {
  const { resource, objects, secrets, namespace, name } = found;
  if (frontDoorOf(found) === 'pulumi') {
    throw TidegateError.of('TG3001', `${namespace}/${name}`, 'Pulumi delivers it', 'Use pulumi destroy');
  }
  const stays = objects.filter((object) => HOLDS_DATA.has(object.kind) && isKept(object, resource));
  const goes = [
    ...(resource === undefined ? [] : [resource]),
    ...objects.filter((object) => !stays.includes(object)).reverse(),
    ...secrets,
  ];
  return { goes, stays, notes: notesOf(found, stays) };
}

function isKept({ metadata }: LiveObject, resource: LiveObject | undefined): boolean {
  if (resource === undefined) return metadata.annotations?.[KEPT] === 'disabled';
  // The operator lets go of what is to stay; the garbage collector deletes what it still controls.
  return !metadata.ownerReferences?.some(({ uid }) => uid === resource.metadata.uid);
}

function notesOf(
  { objects, namespace }: EnvironmentInCluster,
  stays: readonly LiveObject[],
): readonly string[] {
  const has = (names: readonly string[]) =>
    objects.some(({ metadata }) =>
      names.some(
        (name) => metadata.labels?.[name] !== undefined || metadata.annotations?.[name] !== undefined,
      ),
    );
  const kept = stays.map(({ kind, metadata }) => `${kind}/${metadata.name}`).join(' ');
  return [
    ...(has(ARGO_CD) ? ['Argo CD applies it: it comes back unless it leaves Git'] : []),
    ...(has([FLUX]) ? ['Flux applies it: it comes back unless it leaves Git'] : []),
    ...(kept === '' ? [] : [`To delete the data too: kubectl -n ${namespace} delete ${kept}`]),
  ];
}
