import { HANDED_TO, MANAGED_BY, POSTGRES_MAJOR } from '../../constructs/index.ts';
import type { KubeObject, ObjectMeta } from '../api/kube-object.ts';
import { MEMBER_OF } from './apply-set.ts';
import { FieldSets } from './field-sets.ts';
import { APPLIED_HASH, FIELD_MANAGER } from './marks.ts';
import { SECRET_MARKS } from './secret-marks.ts';

/** Copies of whole manifests and of who wrote what; neither is read. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const fieldSets = new FieldSets();

/** What is read of an environment: all but the bookkeeping of others. */
export function trimmedEnvironment(environment: KubeObject): KubeObject {
  const { managedFields: _fields, annotations, ...metadata } = environment.metadata;
  const { [LAST_APPLIED]: _copy, ...others } = annotations ?? {};
  return { ...environment, metadata: { ...metadata, annotations: others } };
}

/**
 * What is read of an object of a tree: whose it is, what was applied and whether that still stands, its status, and the
 * plain fields of its spec, such as `replicas`, and the size of a volume. Drift is seen in the managed fields, so values
 * need not be kept.
 */
export function trimmedPart({ apiVersion, kind, metadata, spec, status }: KubeObject): KubeObject {
  const plain = Object.entries((spec as object | undefined) ?? {}).filter(
    ([name, value]) =>
      typeof value !== 'object' || (kind === 'PersistentVolumeClaim' && name === 'resources'),
  );
  return {
    apiVersion,
    kind,
    metadata: {
      ...trimmedMeta(metadata),
      generation: metadata.generation,
      labels: picked(metadata.labels, [MANAGED_BY, MEMBER_OF]),
      annotations: picked(metadata.annotations, [APPLIED_HASH, HANDED_TO, POSTGRES_MAJOR]),
      managedFields: metadata.managedFields?.map(({ fieldsV1, ...entry }) =>
        entry.manager === FIELD_MANAGER && fieldsV1 !== undefined
          ? { ...entry, fieldsV1: fieldSets.shared(fieldsV1) }
          : entry,
      ),
    },
    ...(spec === undefined ? {} : { spec: Object.fromEntries(plain) }),
    ...(status === undefined ? {} : { status }),
  };
}

/** What is read of a Secret: whose it is, and where its rotation is. */
export function trimmedSecret({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  const annotations = picked(metadata.annotations, SECRET_MARKS);
  const { creationTimestamp } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      ...trimmedMeta(metadata),
      creationTimestamp,
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
  };
}

function trimmedMeta(metadata: ObjectMeta): ObjectMeta {
  const { name, namespace, uid, resourceVersion, deletionTimestamp, finalizers, ownerReferences } = metadata;
  const meta = { name, namespace, uid, resourceVersion, deletionTimestamp, finalizers, ownerReferences };
  return meta as ObjectMeta;
}

function picked(
  record: Readonly<Record<string, string>> | undefined,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => (record?.[name] === undefined ? [] : [[name, record[name]]])),
  );
}
