import { ApiException, type KubeConfig } from '@kubernetes/client-node';
import { type FrontDoor, MANAGED_BY, type Manifest, managedBy } from '../../constructs/index.ts';
import { describeProblem, type Problem, TidegateError } from '../../spec/index.ts';
import type { FieldChange } from './field-changes.ts';
import { type LiveObject, ObjectApi } from './object-api.ts';
import { changesOf } from './object-changes.ts';
import { refusal } from './refusal.ts';

/** What an apply would do to one object. */
export interface Difference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly action: 'create' | 'change' | 'delete' | 'none';
  /** Fields that would change; none for an object that would be new, or go. */
  readonly changes: readonly FieldChange[];
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Why some objects could not be compared. */
  readonly problems: readonly Problem[];
}

/** Who applies objects that nobody has applied yet; kubectl's own default. */
const DEFAULT_MANAGER = 'kubectl';

/**
 * Compares objects with a cluster by server-side apply as a dry run, so that defaults, admission and the other owners of
 * fields count as they would.
 *
 * @param manifests objects, as a front door delivers them
 * @param door the front door; an object of another one is a problem
 * @param fieldManager who applies the objects; by default whoever applied each of them last, else `kubectl`
 */
export async function compare(
  config: KubeConfig,
  manifests: readonly Manifest[],
  door: FrontDoor,
  fieldManager?: string,
): Promise<Comparison> {
  const api = ObjectApi.of(config);
  const differences: Difference[] = [];
  const problems: Problem[] = [];
  for (const manifest of manifests) {
    try {
      differences.push(await differenceOf(api, manifest, door, fieldManager));
    } catch (error) {
      const known = refusal(error, pathOf(manifest));
      if (!(known instanceof TidegateError)) throw known;
      problems.push(...known.problems);
      // Nothing else will be answered either.
      if (!(error instanceof ApiException || error instanceof TidegateError)) break;
    }
  }
  return { differences, problems: once(problems) };
}

async function differenceOf(
  api: ObjectApi,
  manifest: Manifest,
  door: FrontDoor,
  fieldManager: string | undefined,
): Promise<Difference> {
  const { apiVersion, kind, metadata } = manifest;
  if (!(await api.serves(manifest))) {
    throw TidegateError.of('TG5001', pathOf(manifest), `The cluster serves no ${kind} of ${apiVersion}`);
  }
  const live = await api.read(manifest);
  const owner = live?.metadata.labels?.[MANAGED_BY];
  if (owner !== undefined && owner !== managedBy(door)) {
    throw TidegateError.of('TG3001', pathOf(manifest), `It belongs to ${owner}`);
  }
  const manager = fieldManager ?? managerOf(live) ?? DEFAULT_MANAGER;
  const applied = await api.dryRunApply(manifest, manager).catch((error) => {
    // Only what the object would be in can be missing.
    if (error instanceof ApiException && error.code === 404) {
      throw TidegateError.of('TG5002', metadata.namespace ?? '', 'The cluster has no such namespace');
    }
    throw error;
  });
  const changes = live === undefined ? [] : changesOf(live, applied);
  const action = live === undefined ? 'create' : changes.length > 0 ? 'change' : 'none';
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name, action, changes };
}

/** Whoever applied the label that every object of a front door has. */
function managerOf(live: LiveObject | undefined): string | undefined {
  const applied = live?.metadata.managedFields?.find(
    ({ operation, fieldsV1 }) =>
      operation === 'Apply' && JSON.stringify(fieldsV1).includes(JSON.stringify(`f:${MANAGED_BY}`)),
  );
  return applied?.manager;
}

/** `Kind namespace/name`, for messages. */
function pathOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/** A problem of several objects, such as their namespace, is told once. */
function once(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((one) => [describeProblem(one), one])).values()];
}
