import { type FrontDoor, generatedSecret, owned } from '../../constructs/index.ts';
import {
  type Environment,
  type GeneratedRequirement,
  isGenerated,
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
 * Creates the generated Secrets of an environment that are not there. Never changes one that is.
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
  const secrets = owned([generatedSecret(environment, requirement)], door);
  // One that is there, perhaps since this moment, is somebody's and stays.
  const created = await Promise.all(secrets.map((secret) => api.create(secret))).catch(
    namespaceMissing(environment.metadata.namespace),
  );
  return created.includes(true) ? 'created' : 'present';
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
