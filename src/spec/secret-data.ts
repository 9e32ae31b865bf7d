import { randomInt } from 'node:crypto';
import {
  type GeneratedRequirement,
  isRotated,
  type RotatedRequirement,
  type SecretRequirement,
} from './secret-requirements.ts';
import type { Generated } from './secrets.ts';
import { apiKeyEntry } from './settings/api-key.ts';

/** The values of one credential; next and previous are accepted as well, while there are such. */
export interface Credentials {
  /** What is used: who signs, calls or connects does so with this one. */
  readonly current: string;
  /** Will be used as soon as everybody accepts it. */
  readonly next?: string | undefined;
  /** Was used, and is accepted until the overlap is over. */
  readonly previous?: string | undefined;
}

/** `data` of a Secret, decoded. */
export type SecretData = Readonly<Record<string, string>>;

/** What an API server has of a Secret, as texts. */
export function decoded({ data }: { readonly [field: string]: unknown }): SecretData {
  const entries = Object.entries((data ?? {}) as Record<string, string>);
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

/** Key with all that is accepted, a line each, of credentials that rotate. Of API keys the entries are that. */
export const ACCEPTED_KEY = 'accepted';
/** Key with the role of Postgres and its password, as `role:password`: both change at once. */
export const LOGIN_KEY = 'login';

/** Keys of its Secret that pods read: without one of them they do not start. */
export function keysRead(requirement: SecretRequirement): readonly string[] {
  const { role, key } = requirement;
  if (!isRotated(requirement) || role === 'api') return [key];
  return role === 'postgres' ? [key, LOGIN_KEY, ACCEPTED_KEY] : [key, ACCEPTED_KEY];
}

/** Keys that are there in the middle of a rotation. */
export const TRANSIENT_KEYS = ['next', 'previous'];

/** Roles that take turns, since a role of Postgres has one password only. */
export const POSTGRES_LOGINS = ['tidegate_a', 'tidegate_b'] as const;

const CHARACTERS: Readonly<Record<NonNullable<Generated['charset']>, string>> = {
  base64url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  alphanumeric: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  hex: '0123456789abcdef',
};

/** A new credential; by default 256 random bits in 43 characters that need no quoting in URLs, SQL or shells. */
export function newSecretValue({
  length = 43,
  charset = 'base64url',
}: Pick<Generated, 'length' | 'charset'> = {}): string {
  const characters = CHARACTERS[charset];
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
}

/** What a Secret that is generated holds at first. */
export function newSecretData(requirement: GeneratedRequirement): SecretData {
  const value = newSecretValue(requirement.generated);
  return secretData(requirement, {
    current: ofPostgres(requirement) ? `${POSTGRES_LOGINS[0]}:${value}` : value,
  });
}

/** The credential to follow the current one. */
export function nextCredential(requirement: GeneratedRequirement, { current }: Credentials): string {
  const value = newSecretValue(requirement.generated);
  if (!ofPostgres(requirement)) return value;
  const [role] = POSTGRES_LOGINS.filter((login) => !current.startsWith(`${login}:`));
  return `${role}:${value}`;
}

/** Reads what `secretData` wrote, with rotation or without; undefined when there is no credential. */
export function readCredentials(
  requirement: GeneratedRequirement,
  data: SecretData,
): Credentials | undefined {
  const value = data[requirement.role === 'api' ? 'key' : requirement.key] ?? '';
  if (value === '') return undefined;
  const current = ofPostgres(requirement) ? (data[LOGIN_KEY] ?? `${POSTGRES_LOGINS[0]}:${value}`) : value;
  return { current, next: data.next, previous: data.previous };
}

/**
 * What a Secret from before its credential rotated holds to do so: the same credential, under all keys that are read then.
 * Undefined when it has them, or there is no credential.
 */
export function completedData(requirement: RotatedRequirement, data: SecretData): SecretData | undefined {
  if (keysRead(requirement).every((key) => data[key] !== undefined)) return undefined;
  const credentials = readCredentials(requirement, data);
  return credentials && secretData(requirement, credentials);
}

/**
 * What a Secret holds: the current credential, and, if it rotates, all that is accepted. That of the API has the key beside
 * its entry: the server gets the entries alone, the key is for who calls it.
 */
export function secretData(requirement: GeneratedRequirement, credentials: Credentials): SecretData {
  const { role, key, username } = requirement;
  const { current, next, previous } = credentials;
  const accepted = [current, next, previous].filter((one) => one !== undefined);
  const rotation = {
    ...(next !== undefined && { next }),
    ...(previous !== undefined && { previous }),
  };
  if (role === 'api') {
    const entries = accepted.map((one) => apiKeyEntry({ name: 'generated', scope: 'api' }, one));
    return { [key]: entries.join('\n'), key: current, ...rotation };
  }
  const value = ofPostgres(requirement) ? current.slice(current.indexOf(':') + 1) : current;
  if (!isRotated(requirement)) return { [key]: value, ...(username !== undefined && { username }) };
  return {
    [key]: value,
    ...(ofPostgres(requirement) && { [LOGIN_KEY]: current }),
    [ACCEPTED_KEY]: accepted.join('\n'),
    ...rotation,
  };
}

function ofPostgres({ role }: GeneratedRequirement): boolean {
  return role === 'postgres';
}
