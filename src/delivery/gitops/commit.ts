import { basename, dirname } from 'node:path';
import { TidegateError } from '../../spec/index.ts';
import { git } from './git.ts';

/**
 * Makes sure that a commit of a file would hold only what is about to be changed in it.
 *
 * @throws TidegateError when the file is in no repository, or has changes that are not committed
 */
export function ensureCommitted(file: string): void {
  if (run(file, 'status', '--porcelain', '--', basename(file)) === '') return;
  const reason = 'It has changes that are not committed';
  throw TidegateError.of('TG5006', file, reason, 'Commit them first, or promote without --commit');
}

/**
 * Commits one file, and nothing else that is staged.
 *
 * @returns short hash of the commit
 * @throws TidegateError with what git says against it
 */
export function commit(file: string, message: string): string {
  run(file, 'commit', '--quiet', '--message', message, '--', basename(file));
  return run(file, 'rev-parse', '--short', 'HEAD').trim();
}

function run(file: string, ...args: readonly string[]): string {
  try {
    return git(dirname(file), ...args);
  } catch (error) {
    throw TidegateError.of('TG5006', file, (error as Error).message);
  }
}
