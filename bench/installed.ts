import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheDirectory } from '../test/cluster/cache-directory.ts';
import { isExecutable } from '../test/cluster/executable.ts';
import { progress } from '../test/cluster/progress.ts';

/** Where something of the benchmark is kept in the user's cache, by a name that tells its version. */
export function installedAt(name: string): string {
  return join(cacheDirectory(), 'bench', name);
}

/** Fills a directory beside its place and moves it there, so that what is cut short leaves nothing half done. */
export async function install(name: string, fill: (directory: string) => Promise<unknown>): Promise<void> {
  const directory = installedAt(name);
  if (isExecutable(directory)) return;
  const unfinished = `${directory}.${process.pid}`;
  progress(`Installing ${name}`);
  mkdirSync(dirname(directory), { recursive: true });
  mkdirSync(unfinished);
  try {
    await fill(unfinished);
    renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  progress(`Installed ${name}`);
}

/** Short hash of a file that pins versions: another one is another installation. */
export function pinnedBy(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
}
