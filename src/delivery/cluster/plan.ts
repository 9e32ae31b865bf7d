import { isDeepStrictEqual } from 'node:util';
import {
  type Extension,
  type FrontDoor,
  type Manifest,
  majorChange,
  managedBy,
  owned,
  PART_OF,
  render,
  TIDEGATE,
  treeKinds,
} from '../../constructs/index.ts';
import {
  API_VERSION,
  type Environment,
  ERRORS,
  KIND,
  type Problem,
  TidegateError,
} from '../../spec/index.ts';
import { appliedFields, overEdits } from './apply.ts';
import { type Difference, deletionOf, differenceOf, type Examined, examine } from './difference.ts';
import { leftBehind } from './left-behind.ts';
import { withLiveImage } from './live-image.ts';
import { type LiveObject, nameOf } from './live-object.ts';
import type { ObjectApi } from './object-api.ts';
import { isForbidden } from './refusal.ts';

/** The front door of who applies an environment by hand, and its field manager. */
export const DOOR: FrontDoor = 'cli';
export const FIELD_MANAGER = managedBy(DOOR);

/** What brings an environment to what its spec says. */
export interface Plan {
  readonly environment: Environment;
  /** All objects of the environment, in the order they are applied. */
  readonly examined: readonly Examined[];
  /** Objects that left the spec, and go. */
  readonly left: readonly LiveObject[];
}

export interface PlanOptions {
  /** Whether objects that are no longer in the spec are deleted. */
  readonly prune: boolean;
  readonly extension?: Extension | undefined;
}

/** The objects of an environment, as they are applied by hand. */
export function appliedByHand(environment: Environment, extension?: Extension): readonly Manifest[] {
  return owned(render(environment, extension), DOOR);
}

/**
 * Finds out what is to be done, by applies that store nothing.
 *
 * @throws TidegateError with all that is in the way: another owner, a namespace or a kind that is missing, what the API server
 * refuses
 */
export async function planOf(
  api: ObjectApi,
  environment: Environment,
  { prune, extension }: PlanOptions,
): Promise<Plan> {
  const kept = await withLiveImage(api, environment);
  const manifests = appliedByHand(kept, extension);
  const { examined, problems } = await examine(api, manifests, DOOR, overEdits(FIELD_MANAGER));
  const left = prune
    ? await leftBehind(api, [environment], manifests, treeKinds(extension), DOOR)
    : { objects: [], problems: [] };
  const others = [...(await operated(api, environment)), ...examined.flatMap(inTheWay)];
  const all = [...others, ...problems, ...left.problems];
  if (all.length > 0) throw new TidegateError(all);
  // Labels are copied easily; what this manager applied is not.
  const ours = left.objects.filter((object) => appliedFields(object, FIELD_MANAGER) !== undefined);
  return { environment: kept, examined, left: ours };
}

/** Objects that are not as they should be, or that this front door has not applied as they are. */
export function toWrite({ examined }: Plan): readonly Examined[] {
  return examined.filter((one) => differenceOf(one).action !== 'none' || !isApplied(one));
}

/** What a plan does, object by object. */
export function differencesOf({ examined, left }: Plan): readonly Difference[] {
  return [...examined.map(differenceOf), ...left.map(deletionOf)];
}

function isApplied({ live, applied }: Examined): boolean {
  if (live === undefined) return false;
  return isDeepStrictEqual(appliedFields(live, FIELD_MANAGER), appliedFields(applied, FIELD_MANAGER));
}

/** An operator delivers an environment that is a custom resource, now or as soon as it runs. */
async function operated(api: ObjectApi, { metadata }: Environment): Promise<readonly Problem[]> {
  const { name, namespace } = metadata;
  const resource = { apiVersion: API_VERSION, kind: KIND, metadata: { name, namespace } };
  const found = await api.read(resource).catch((error) => {
    // Who may not see it is told by the labels of its objects.
    if (!isForbidden(error)) throw error;
  });
  if (found === undefined) return [];
  const reason = 'The operator delivers it';
  return [{ code: 'TG3001', path: nameOf(resource), reason, remedy: 'Change it with kubectl apply' }];
}

/** Why an object is not to be written: it is going, something controls it, or somebody made what only has its name. */
function inTheWay({ manifest, live }: Examined): readonly Problem[] {
  if (live === undefined) return [];
  const { labels, ownerReferences = [], deletionTimestamp } = live.metadata;
  const controller = ownerReferences.find((reference) => reference.controller === true);
  const path = nameOf(live);
  const change = majorChange(manifest, live);
  if (change !== undefined) return [{ code: 'TG1469', path, reason: change, remedy: ERRORS.TG1469.remedy }];
  if (deletionTimestamp !== undefined) {
    const { remedy } = ERRORS.TG6009;
    return [
      { code: 'TG6009', path, reason: 'It is on its way out, and would go once it was applied', remedy },
    ];
  }
  if (controller !== undefined) {
    const reason = `It belongs to ${controller.kind} ${controller.name}`;
    return [{ code: 'TG3001', path, reason, remedy: ERRORS.TG3001.remedy }];
  }
  if (labels?.[PART_OF] === TIDEGATE) return [];
  const reason = 'It is there already, and Tidegate did not make it';
  return [{ code: 'TG3001', path, reason, remedy: 'Rename the environment, or delete the object' }];
}
