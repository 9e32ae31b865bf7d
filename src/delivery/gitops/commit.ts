import { spawnSync } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { TidegateError } from '../../spec/index.ts';

/**
 * Makes sure that a commit of a file would hold only what is about to be changed in it.
 *
 * @throws TidegateError when the file is in no repository, or has changes that are not committed
 */
export function ensureCommitted(file: string): void {
  if (git(file, 'status', '--porcelain', '--', basename(file)) === '') return;
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
  git(file, 'commit', '--quiet', '--message', message, '--', basename(file));
  return git(file, 'rev-parse', '--short', 'HEAD').trim();
}

function git(file: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('git', ['-C', dirname(file), ...args], {
    encoding: 'utf8',
  });
  if (status === 0) return stdout;
  const said = error === undefined ? (stderr.trim() || stdout.trim()).split('\n')[0] : error.message;
  throw TidegateError.of('TG5006', file, `git ${args[0]}: ${said}`);
}
