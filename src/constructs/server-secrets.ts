import type { SecretRequirement } from '../spec/index.ts';
import { variableOf } from '../spec/index.ts';
import { type SecretFile, secretFile } from './secret-file.ts';

/** Setting of the server that each credential fills. */
const SETTING: Readonly<Record<SecretRequirement['role'], readonly string[]>> = {
  redis: ['redis', 'password'],
  postgres: ['postgres', 'password'],
  token: ['auth', 'tokenKey'],
  api: ['auth', 'apiKeys'],
};

/** A credential as the server's container gets it: a file, and the variable that names the file. */
export interface ServerSecret extends SecretFile {
  readonly variable: string;
}

/** Every credential of an environment as a file. */
export function serverSecrets(requirements: readonly SecretRequirement[]): readonly ServerSecret[] {
  return requirements.map((requirement) => {
    const file = secretFile(
      `secret-${requirement.role}`,
      requirement,
      `/etc/tidegate/secrets/${requirement.role}`,
      'value',
    );
    return { ...file, variable: `${variableOf(SETTING[requirement.role])}_FILE` };
  });
}
