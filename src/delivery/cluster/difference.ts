import { ApiException } from '@kubernetes/client-node';
import { type FrontDoor, MANAGED_BY, type Manifest, managedBy } from '../../constructs/index.ts';
import { describeProblem, ERRORS, type Problem, TidegateError } from '../../spec/index.ts';
import { type Apply, overEverybody } from './apply.ts';
import type { FieldChange } from './field-changes.ts';
import { type LiveObject, nameOf } from './live-object.ts';
import { namespaceMissing } from './namespace.ts';
import type { ObjectApi } from './object-api.ts';
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

/** An object as it is to be, as it is, and as an apply would leave it. */
export interface Examined {
  readonly manifest: Manifest;
  readonly live: LiveObject | undefined;
  readonly applied: LiveObject;
}

/**
 * Compares objects with a cluster by server-side apply as a dry run, so that defaults, admission and the other owners of
 * fields count as they would.
 *
 * @param manifests objects, as a front door delivers them
 * @param door the front door; an object of another one is a problem
 * @param fieldManager who applies the objects; by default whoever applied each of them last, else `kubectl`
 */
export async function compare(
  api: ObjectApi,
  manifests: readonly Manifest[],
  door: FrontDoor,
  fieldManager?: string,
): Promise<Comparison> {
  const { examined, problems } = await examine(api, manifests, door, overEverybody(fieldManager));
  return { differences: examined.map(differenceOf), problems };
}

/** Looks at every object and at what an apply would make of it. Nothing is stored; problems keep no other from being told. */
export async function examine(
  api: ObjectApi,
  manifests: readonly Manifest[],
  door: FrontDoor,
  apply: Apply,
): Promise<{ readonly examined: readonly Examined[]; readonly problems: readonly Problem[] }> {
  const examined: Examined[] = [];
  const problems: Problem[] = [];
  for (const manifest of manifests) {
    try {
      examined.push(await examineOne(api, manifest, door, apply));
    } catch (error) {
      const known = refusal(error, nameOf(manifest));
      if (!(known instanceof TidegateError)) throw known;
      problems.push(...known.problems);
      // Nothing else will be answered either.
      if (!isAnswer(error)) break;
    }
  }
  return { examined, problems: once(problems) };
}

/** About this one object, and not about who asks or the connection. */
function isAnswer(error: unknown): boolean {
  return error instanceof TidegateError || (error instanceof ApiException && error.code !== 401);
}

async function examineOne(
  api: ObjectApi,
  manifest: Manifest,
  door: FrontDoor,
  apply: Apply,
): Promise<Examined> {
  const { apiVersion, kind, metadata } = manifest;
  if (!(await api.serves(manifest))) {
    throw TidegateError.of('TG5001', nameOf(manifest), `The cluster serves no ${kind} of ${apiVersion}`);
  }
  const live = await api.read(manifest);
  const owner = live?.metadata.labels?.[MANAGED_BY];
  if (owner !== undefined && owner !== managedBy(door)) {
    const remedy = `${ERRORS.TG3001.remedy}, or move it with tidegate adopt --to ${door}`;
    throw TidegateError.of('TG3001', nameOf(manifest), `It belongs to ${owner}`, remedy);
  }
  const applied = await apply(api, manifest, live, true).catch(namespaceMissing(metadata.namespace ?? ''));
  return { manifest, live, applied };
}

/** What an apply would do to an object that was looked at. */
export function differenceOf({ manifest, live, applied }: Examined): Difference {
  const { apiVersion, kind, metadata } = manifest;
  const changes = live === undefined ? [] : changesOf(live, applied);
  const action = live === undefined ? 'create' : changes.length > 0 ? 'change' : 'none';
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name, action, changes };
}

/** What it means for an object that it goes. */
export function deletionOf({ apiVersion, kind, metadata: { namespace, name } }: LiveObject): Difference {
  return { apiVersion, kind, namespace, name, action: 'delete', changes: [] };
}

/** A problem of several objects, such as their namespace, is told once. */
function once(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((one) => [describeProblem(one), one])).values()];
}
