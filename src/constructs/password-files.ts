import { ACCEPTED_KEY, isFollowed, isRotated, type SecretRequirement } from '../spec/index.ts';
import { type SecretFile, secretFiles } from './secret-file.ts';

/** What a store follows by itself, without a restart. */
export interface PasswordFiles {
  /** The password that is used. */
  readonly password: SecretFile;
  /** All that are accepted, a line each. */
  readonly accepted: SecretFile;
  /** Whether a password that is not in the file is not accepted: a rotation has both in it for as long as it takes. */
  readonly complete: boolean;
}

/** What of a password changes while a store runs. */
export type Changes = 'never' | 'rotated' | 'followed';

export function changesOf(requirement: SecretRequirement): Changes {
  if (isRotated(requirement)) return 'rotated';
  return isFollowed(requirement) ? 'followed' : 'never';
}

/** A store's password as files of one directory. */
export function passwordFiles(
  { name, key }: { readonly name: string; readonly key: string },
  changes: Changes,
  directory: string,
): PasswordFiles {
  const complete = changes === 'rotated';
  const { paths, ...mounted } = secretFiles('password', name, directory, {
    [key]: 'password',
    ...(complete && { [ACCEPTED_KEY]: 'accepted' }),
  });
  const file = (of: string) => ({ ...mounted, path: paths[of] ?? '' });
  return { password: file(key), accepted: file(complete ? ACCEPTED_KEY : key), complete };
}
