import { type FrontDoor, generatedSecret, managedBy, ownedBy } from '../../constructs/index.ts';
import {
  completedData,
  decoded,
  type Environment,
  type GeneratedRequirement,
  isGenerated,
  isRotated,
  type RotatedRequirement,
  type SecretRequirement,
  secretRequirements,
} from '../../spec/index.ts';
import { namespaceMissing } from './namespace.ts';
import type { ObjectApi } from './object-api.ts';

/** What became of one credential. */
export interface EnsuredSecret extends SecretRequirement {
  /** `missing`: somebody else must create it, and has not. `awaited`: External Secrets does, once there is an ExternalSecret. */
  readonly state: 'created' | 'present' | 'missing' | 'awaited';
}

/**
 * Creates the generated Secrets of an environment that are not there. Of one that is there no credential is changed; one that is
 * to rotate from now on gets the keys that pods read then, without which they would not start.
 *
 * @param door who delivers the environment they are for
 */
export async function ensureSecrets(
  api: ObjectApi,
  environment: Environment,
  door: FrontDoor,
): Promise<readonly EnsuredSecret[]> {
  const { namespace } = environment.metadata;
  const ensured: EnsuredSecret[] = [];
  for (const requirement of secretRequirements(environment)) {
    const state = isGenerated(requirement)
      ? await create(api, environment, requirement, door)
      : await look(api, namespace, requirement);
    ensured.push({ ...requirement, state });
  }
  return ensured;
}

async function create(
  api: ObjectApi,
  environment: Environment,
  requirement: GeneratedRequirement,
  door: FrontDoor,
): Promise<EnsuredSecret['state']> {
  const secret = ownedBy(generatedSecret(environment, requirement), door);
  // One that is there, perhaps since this moment, is somebody's and stays.
  const created = await api.create(secret).catch(namespaceMissing(environment.metadata.namespace));
  if (created) return 'created';
  if (isRotated(requirement)) await complete(api, environment, requirement, door);
  return 'present';
}

async function complete(
  api: ObjectApi,
  { metadata: { namespace } }: Environment,
  requirement: RotatedRequirement,
  door: FrontDoor,
): Promise<void> {
  const reference = { apiVersion: 'v1', kind: 'Secret', metadata: { name: requirement.name, namespace } };
  const live = await api.read(reference);
  const stringData = live && completedData(requirement, decoded(live));
  if (live === undefined || stringData === undefined) return;
  const { resourceVersion } = live.metadata;
  await api.mergePatch(reference, { metadata: { resourceVersion }, stringData }, managedBy(door));
}

async function look(
  api: ObjectApi,
  namespace: string,
  { name, key, externalSecret }: SecretRequirement,
): Promise<EnsuredSecret['state']> {
  const secret = await api.read({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } });
  const data = secret?.data as Readonly<Record<string, string>> | undefined;
  if (data?.[key] !== undefined) return 'present';
  return externalSecret === undefined ? 'missing' : 'awaited';
}
