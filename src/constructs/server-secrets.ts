import { ACCEPTED_KEY, isRotated, LOGIN_KEY, type SecretRequirement, variableOf } from '../spec/index.ts';
import { type SecretFiles, secretFiles } from './secret-file.ts';

type Setting = readonly string[];

/** Setting of the server that each credential fills. */
const SETTING: Readonly<Record<SecretRequirement['role'], Setting>> = {
  redis: ['redis', 'password'],
  postgres: ['postgres', 'password'],
  token: ['auth', 'tokenKey'],
  api: ['auth', 'apiKeys'],
};

/** Settings that keys of a Secret fill while its credential rotates. */
const SETTINGS_IN_ROTATION: Partial<
  Record<SecretRequirement['role'], readonly (readonly [string, Setting])[]>
> = {
  postgres: [[LOGIN_KEY, ['postgres', 'login']]],
  token: [
    ['key', SETTING.token],
    [ACCEPTED_KEY, ['auth', 'acceptedTokenKeys']],
  ],
};

/** A credential as the server's container gets it: files, and the variables that name them. */
export interface ServerSecret extends Pick<SecretFiles, 'volume' | 'mount'> {
  readonly variables: readonly { readonly name: string; readonly value: string }[];
}

/** Every credential of an environment as files. */
export function serverSecrets(requirements: readonly SecretRequirement[]): readonly ServerSecret[] {
  return requirements.map((requirement) => {
    const { role, name, key } = requirement;
    const plain = [[key, SETTING[role]]] as const;
    const settings = isRotated(requirement) ? (SETTINGS_IN_ROTATION[role] ?? plain) : plain;
    const { paths, volume, mount } = secretFiles(
      `secret-${role}`,
      name,
      `/etc/tidegate/secrets/${role}`,
      Object.fromEntries(settings.map(([from]) => [from, from === key ? 'value' : from])),
    );
    const variables = settings.map(([from, setting]) => ({
      name: `${variableOf(setting)}_FILE`,
      value: paths[from] ?? '',
    }));
    return { volume, mount, variables };
  });
}
