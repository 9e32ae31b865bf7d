import { ApiException } from '@kubernetes/client-node';
import {
  type Extension,
  FRONT_DOORS,
  type FrontDoor,
  generatedSecret,
  HANDED_TO,
  MANAGED_BY,
  type Manifest,
  managedBy,
  render,
} from '../../constructs/index.ts';
import {
  type Environment,
  ERRORS,
  isGenerated,
  KIND,
  type Problem,
  secretRequirements,
  TidegateError,
} from '../../spec/index.ts';
import { handOver } from './hand-over.ts';
import { type LiveObject, nameOf } from './live-object.ts';
import type { ObjectApi } from './object-api.ts';

/** An object of an environment, and what became of it. */
export interface Adopted {
  readonly object: Manifest;
  /** `unchanged`: it was that front door's already, or nobody's. */
  readonly did: 'moved' | 'unchanged' | 'missing';
  /** Whose it was, if it was moved. */
  readonly from?: string;
}

/** Field manager of what only moves objects. */
const MANAGER = 'tidegate-adopt';
const MOST_ATTEMPTS = 5;

/**
 * Moves the objects of an environment, and the Secrets that were generated for it, from the front door that delivers them to
 * another. Only metadata is written, so that no pod restarts. Doing it again goes on where it stopped.
 *
 * @throws TidegateError when one belongs to somebody who is no front door; then none is moved
 */
export async function adopt(
  api: ObjectApi,
  environment: Environment,
  to: FrontDoor,
  extension: Extension = {},
): Promise<readonly Adopted[]> {
  const secrets = secretRequirements(environment).filter(isGenerated);
  const objects = [
    ...render(environment, extension),
    ...secrets.map((requirement) => generatedSecret(environment, requirement)),
  ];
  const found = await Promise.all(objects.map(async (object) => ({ object, live: await api.read(object) })));
  const problems = found.flatMap(({ live }) => (live === undefined ? [] : strangers(live, environment)));
  if (problems.length > 0) throw new TidegateError(problems);
  const adopted: Adopted[] = [];
  for (const { object, live } of found) {
    const from = live?.metadata.labels?.[MANAGED_BY];
    if (live === undefined) adopted.push({ object, did: 'missing' });
    else if (from === undefined || from === managedBy(to)) adopted.push({ object, did: 'unchanged' });
    else {
      await move(api, object, managedBy(to));
      adopted.push({ object, did: 'moved', from });
    }
  }
  return adopted;
}

/** The owner that an object has beside Tidegate's front doors. */
function strangers(live: LiveObject, environment: Environment): readonly Problem[] {
  const { labels, ownerReferences = [] } = live.metadata;
  const controller = ownerReferences.find((reference) => reference.controller === true);
  const label = labels?.[MANAGED_BY];
  const isOurs = controller?.kind === KIND && controller.name === environment.metadata.name;
  const isDoors = label === undefined || FRONT_DOORS.map(managedBy).includes(label);
  if ((controller === undefined || isOurs) && isDoors) return [];
  const owner = controller === undefined || isOurs ? label : `${controller.kind} ${controller.name}`;
  const reason = `It belongs to ${owner}, which is no front door of Tidegate`;
  return [{ code: 'TG3001', path: nameOf(live), reason, remedy: ERRORS.TG3001.remedy }];
}

/** In two steps, since the policy of the chart lets only a front door take an object that was handed to it. */
async function move(api: ObjectApi, object: Manifest, owner: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const handed = { metadata: { annotations: { [HANDED_TO]: owner } } };
    const live = await api.mergePatch(object, handed, MANAGER);
    try {
      await api.mergePatch(object, handOver(object, live, owner), MANAGER);
      return;
    } catch (error) {
      // Somebody, such as a controller with its status, wrote in between.
      const isStale = error instanceof ApiException && error.code === 409;
      if (!isStale || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}
