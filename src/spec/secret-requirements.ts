import { randomBytes } from 'node:crypto';
import type { Environment } from './environment.ts';
import type { SecretKey } from './field.ts';
import type { SecretSource } from './secrets.ts';
import { apiKeyEntry } from './settings/api-key.ts';

/** A credential the environment needs, and who creates it. */
export interface SecretRequirement extends SecretKey {
  readonly role: 'redis' | 'postgres' | 'token' | 'api';
  /** True when the front door creates it once; false when the spec references somebody else's Secret. */
  readonly generated: boolean;
}

/** The credentials of an environment. The tree references these and no others. */
export function secretRequirements(environment: Environment): readonly SecretRequirement[] {
  const { metadata, spec } = environment;
  const requirement = (
    role: SecretRequirement['role'],
    key: string,
    source: SecretSource,
  ): SecretRequirement =>
    source.existing === undefined
      ? { role, generated: true, name: `${metadata.name}-${role}`, key }
      : { role, generated: false, ...source.existing };
  return [
    ...(spec.redis.inProcess === undefined ? [requirement('redis', 'password', spec.secrets.redis)] : []),
    requirement('postgres', 'password', spec.secrets.postgres),
    requirement('token', 'key', spec.secrets.token),
    requirement('api', 'entries', spec.secrets.api),
  ];
}

/**
 * What a Secret that is generated holds. That of the API has the key beside its entry: the server gets the entry alone, the
 * key is for who calls it.
 */
export function newSecretData({ role, key }: SecretRequirement): Readonly<Record<string, string>> {
  const value = newSecretValue();
  if (role !== 'api') return { [key]: value };
  return { [key]: apiKeyEntry({ name: 'generated', scope: 'api' }, value), key: value };
}

/** A new credential: 256 random bits in 43 characters that need no quoting in URLs, SQL or shells. */
export function newSecretValue(): string {
  return randomBytes(32).toString('base64url');
}
