import type { Environment } from './environment.ts';
import type { SecretKey } from './field.ts';
import type { Generated, Rotation, SecretSource, Secrets } from './secrets.ts';

/** What a credential is for. */
export type SecretRole = keyof Secrets;

/** A credential the environment needs: the Secret and the key that hold it, and who creates that. */
export interface SecretRequirement extends SecretKey, SecretSource {
  readonly role: SecretRole;
  /** Who logs in with it, where the Secret is to say that too, under the key `username`. */
  readonly username?: string;
}

/** A credential that the front door creates. */
export type GeneratedRequirement = SecretRequirement & { readonly generated: Generated };

/** A credential that the operator puts a new one in the place of. */
export type RotatedRequirement = SecretRequirement & { readonly generated: { readonly rotate: Rotation } };

/** Role that owns everything in the database. */
export const POSTGRES_OWNER = 'tidegate';

/** Key of each credential in a Secret that is made for the environment. */
const KEYS: Readonly<Record<SecretRole, string>> = {
  redis: 'password',
  postgres: 'password',
  token: 'key',
  api: 'entries',
};

export const SECRET_ROLES = Object.keys(KEYS) as SecretRole[];

/** The credentials of an environment. The tree references these and no others. */
export function secretRequirements({ metadata, spec }: Environment): readonly SecretRequirement[] {
  const roles = SECRET_ROLES.filter((role) => role !== 'redis' || spec.redis.inProcess === undefined);
  return roles.map((role) => {
    const source = spec.secrets[role];
    const name = secretName(metadata.name, role, source);
    // CloudNativePG reads a whole login. It has a Secret of its own: one that is there already is never changed.
    const isLogin = role === 'postgres' && spec.postgres.cloudNativePG !== undefined;
    const made = isLogin
      ? { name: `${name}-login`, key: KEYS[role], username: POSTGRES_OWNER }
      : { name, key: KEYS[role] };
    return { role, ...source, ...(source.existing ?? made) };
  });
}

/** Each author has a Secret of its own, so that none has to take one from another when the source changes. */
function secretName(environment: string, role: SecretRole, { copy, externalSecret }: SecretSource): string {
  const suffix = copy !== undefined ? '-copy' : externalSecret !== undefined ? '-external' : '';
  return `${environment}-${role}${suffix}`;
}

export function isGenerated(requirement: SecretRequirement): requirement is GeneratedRequirement {
  return requirement.generated !== undefined;
}

export function isRotated(requirement: SecretRequirement): requirement is RotatedRequirement {
  return requirement.generated?.rotate !== undefined;
}

/** Whether its value changes by itself, so that who accepts it has to follow. */
export function isFollowed({ copy, externalSecret }: SecretRequirement): boolean {
  return copy !== undefined || externalSecret !== undefined;
}
