import { spawnSync } from 'node:child_process';

/**
 * Runs git in a directory.
 *
 * @returns what it printed
 * @throws Error with its own first sentence when it does not succeed
 */
export function git(directory: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('git', ['-C', directory, ...args], {
    encoding: 'utf8',
  });
  if (status === 0) return stdout;
  const said = error === undefined ? (stderr.trim() || stdout.trim()).split('\n')[0] : error.message;
  throw new Error(`git ${args[0]}: ${said}`);
}
