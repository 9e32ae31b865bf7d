import { instanceLabels, selectorOf } from '../../constructs/index.ts';
import { waiting } from './health/health.ts';
import { idOf, type LiveObject } from './live-object.ts';
import { lookAgain } from './look-again.ts';
import type { ObjectApi } from './object-api.ts';
import type { ObjectHealth } from './observe.ts';

/** Finalizers of the garbage collector itself; what has these alone goes without anybody's help. */
const COLLECTOR = ['foregroundDeletion', 'orphan'];
/** Keeps a volume while a pod uses it. */
const IN_USE = 'kubernetes.io/pvc-protection';

/**
 * What is left of objects that were deleted, at each look, until the signal ends it. Objects that were made under their names
 * since are not meant.
 *
 * @param name name of the environment, whose pods are waited for too
 */
export function watchDeparture(
  api: ObjectApi,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  objects: readonly LiveObject[],
  signal: AbortSignal,
): AsyncGenerator<readonly ObjectHealth[]> {
  const uids = new Map(objects.map((object) => [idOf(object), object.metadata.uid]));
  return lookAgain(signal, async () => {
    const [found, pods] = await Promise.all([
      Promise.all(objects.map((object) => api.read(object))),
      api.list(
        { apiVersion: 'v1', kind: 'Pod' },
        // Others, such as releases of Helm, may have the same name.
        { namespace, labelSelector: selectorOf(instanceLabels(name)) },
      ),
    ]);
    const left = found.filter(
      (object): object is LiveObject =>
        object !== undefined && object.metadata.uid === uids.get(idOf(object)),
    );
    return [...left, ...pods].map((object) => ({
      kind: object.kind,
      name: object.metadata.name,
      ...waiting(...whatItWaitsFor(object)),
    }));
  });
}

function whatItWaitsFor({ kind, metadata }: LiveObject): readonly [reason: string, remedy?: string] {
  const holders = (metadata.finalizers ?? []).filter((finalizer) => !COLLECTOR.includes(finalizer));
  if (metadata.deletionTimestamp === undefined) return ['It goes with what it belongs to'];
  if (holders.includes(IN_USE)) return ['A pod uses it still'];
  if (holders.length > 0) {
    return [
      `It is held by finalizer ${holders.join(' and ')}`,
      'See that the controller runs whose finalizer it is; it takes that away when it is done',
    ];
  }
  return [kind === 'Pod' ? 'It lets its connections go' : 'It is being deleted'];
}
