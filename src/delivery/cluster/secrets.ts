import { ApiException, type CoreV1Api } from '@kubernetes/client-node';
import { generatedSecret, owned } from '../../constructs/index.ts';
import { type Environment, type SecretRequirement, secretRequirements } from '../../spec/index.ts';

/** What became of one credential. */
export interface EnsuredSecret extends SecretRequirement {
  /** `missing`: somebody else must create it, and has not. */
  readonly state: 'created' | 'present' | 'missing';
}

/** Creates the generated Secrets of an environment that are not there. Never changes one that is. */
export async function ensureSecrets(
  api: CoreV1Api,
  environment: Environment,
): Promise<readonly EnsuredSecret[]> {
  const { namespace } = environment.metadata;
  const ensured: EnsuredSecret[] = [];
  for (const requirement of secretRequirements(environment)) {
    const state = requirement.generated
      ? await create(api, environment, requirement)
      : await look(api, namespace, requirement);
    ensured.push({ ...requirement, state });
  }
  return ensured;
}

async function create(
  api: CoreV1Api,
  environment: Environment,
  requirement: SecretRequirement,
): Promise<EnsuredSecret['state']> {
  const [secret] = owned([generatedSecret(environment, requirement)], 'gitops');
  try {
    await api.createNamespacedSecret({ namespace: environment.metadata.namespace, body: secret as object });
    return 'created';
  } catch (error) {
    // Created by somebody else, before or at this moment: theirs stays.
    if (error instanceof ApiException && error.code === 409) return 'present';
    throw error;
  }
}

async function look(
  api: CoreV1Api,
  namespace: string,
  { name, key }: SecretRequirement,
): Promise<EnsuredSecret['state']> {
  try {
    const { data } = await api.readNamespacedSecret({ namespace, name });
    return data?.[key] === undefined ? 'missing' : 'present';
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return 'missing';
    throw error;
  }
}
