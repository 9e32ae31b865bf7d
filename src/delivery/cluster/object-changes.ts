import { type FieldChange, fieldChanges } from './field-changes.ts';
import type { LiveObject } from './live-object.ts';

/** Stands for each value of a Secret. */
const CONCEALED = '***';

/** What kubectl notes of an object that it applied by itself; a copy of everything, values of Secrets among it. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Fields of an object that an apply would change. That a value of a Secret would is told, the value never. */
export function changesOf(live: LiveObject, applied: LiveObject): readonly FieldChange[] {
  const changes = fieldChanges(comparable(live), comparable(applied));
  return live.kind === 'Secret' ? changes.map(conceal) : changes;
}

/** The object without what the API server keeps about it. */
function comparable({ status: _, metadata, ...rest }: LiveObject): object {
  const { managedFields, resourceVersion, uid, generation, creationTimestamp, ...given } =
    metadata as LiveObject['metadata'] & Record<string, unknown>;
  const { [LAST_APPLIED]: __, ...annotations } = given.annotations ?? {};
  return { ...rest, metadata: { ...given, annotations } };
}

function conceal(change: FieldChange): FieldChange {
  if (!/^(data|stringData)\b/.test(change.path)) return change;
  return {
    path: change.path,
    ...('before' in change ? { before: CONCEALED } : {}),
    ...('after' in change ? { after: CONCEALED } : {}),
  };
}
