import { ApiException } from '@kubernetes/client-node';
import { MANAGED_BY, type Manifest } from '../../constructs/index.ts';
import { TidegateError } from '../../spec/index.ts';
import { type LiveObject, nameOf } from './live-object.ts';
import type { ObjectApi } from './object-api.ts';

/** How one object is applied, or would be; `live` is how it is now. */
export type Apply = (
  api: ObjectApi,
  manifest: Manifest,
  live: LiveObject | undefined,
  dryRun: boolean,
) => Promise<LiveObject>;

/** Who applies objects that nobody has applied yet; kubectl's own default. */
const KUBECTL = 'kubectl';

/**
 * Takes over every field, as Argo CD and Flux do.
 *
 * @param fieldManager by default whoever applied the object last, else `kubectl`
 */
export function overEverybody(fieldManager?: string): Apply {
  return (api, manifest, live, dryRun) =>
    api.apply(manifest, {
      fieldManager: fieldManager ?? lastApplier(live) ?? KUBECTL,
      force: true,
      dryRun,
    });
}

/**
 * Takes fields back from who edited them, and stops at who applies them as well: that would be a fight.
 *
 * @throws TidegateError TG3001 that names the other field manager
 */
export function overEdits(fieldManager: string): Apply {
  return async (api, manifest, _live, dryRun) => {
    try {
      return await api.apply(manifest, { fieldManager, force: false, dryRun });
    } catch (error) {
      const managers = conflictingManagers(error);
      if (managers.length === 0) throw error;
      const appliers = (await api.read(manifest))?.metadata.managedFields?.filter(isApply) ?? [];
      const rival = managers.find((name) => appliers.some(({ manager }) => manager === name));
      if (rival === undefined) return api.apply(manifest, { fieldManager, force: true, dryRun });
      throw TidegateError.of('TG3001', nameOf(manifest), `The field manager ${rival} applies it as well`);
    }
  };
}

/** Field managers that an apply without force came up against. */
function conflictingManagers(error: unknown): readonly string[] {
  if (!(error instanceof ApiException) || error.code !== 409) return [];
  const { details } = JSON.parse(error.body) as {
    details?: { causes?: readonly { reason?: string; message?: string }[] };
  };
  return (details?.causes ?? [])
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ message }) => /^conflict with "([^"]*)"/.exec(message ?? '')?.[1] ?? '');
}

/** Whoever applied the label that every object of a front door has. */
function lastApplier(live: LiveObject | undefined): string | undefined {
  return live?.metadata.managedFields?.find(
    (entry) => isApply(entry) && JSON.stringify(entry.fieldsV1).includes(JSON.stringify(`f:${MANAGED_BY}`)),
  )?.manager;
}

type ManagedFields = NonNullable<LiveObject['metadata']['managedFields']>[number];

function isApply({ operation, subresource }: ManagedFields): boolean {
  return operation === 'Apply' && subresource === undefined;
}

/** What a manager has applied of an object; undefined when it has not. */
export function appliedFields({ metadata }: LiveObject, fieldManager: string): unknown {
  return metadata.managedFields?.find((entry) => isApply(entry) && entry.manager === fieldManager)?.fieldsV1;
}
