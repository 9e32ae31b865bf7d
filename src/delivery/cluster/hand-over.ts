import { HANDED_TO, MANAGED_BY, type Manifest } from '../../constructs/index.ts';
import { KIND } from '../../spec/index.ts';
import type { LiveObject } from './live-object.ts';

type ManagedFields = NonNullable<LiveObject['metadata']['managedFields']>[number];
type MetadataMap = 'labels' | 'annotations';

/**
 * Merge patch that gives an object to another owner: its label, no reference to the environment that it would be deleted with,
 * and nothing left of who delivered it so far, so that the new owner's apply meets no conflict.
 */
export function handOver(object: Manifest, live: LiveObject, owner: string): object {
  const { managedFields = [], ownerReferences = [], resourceVersion } = live.metadata;
  const deliverers = managedFields.filter((entry) => keysOf(entry, 'labels').includes(MANAGED_BY));
  const left = (map: MetadataMap) =>
    deliverers
      .flatMap((entry) => keysOf(entry, map))
      .filter((key) => object.metadata[map]?.[key] === undefined)
      .map((key) => [key, null]);
  return {
    metadata: {
      resourceVersion,
      labels: { ...Object.fromEntries(left('labels')), [MANAGED_BY]: owner },
      annotations: { ...Object.fromEntries(left('annotations')), [HANDED_TO]: null },
      ownerReferences: ownerReferences.filter(({ kind }) => kind !== KIND),
      managedFields: managedFields.filter((entry) => !deliverers.includes(entry)),
    },
  };
}

/** Labels or annotations that a manager has written. */
function keysOf({ fieldsV1 }: ManagedFields, map: MetadataMap): readonly string[] {
  const fields = fieldsV1 as { 'f:metadata'?: Record<string, object> } | undefined;
  return Object.keys(fields?.['f:metadata']?.[`f:${map}`] ?? {}).flatMap((key) =>
    key.startsWith('f:') ? [key.slice(2)] : [],
  );
}
