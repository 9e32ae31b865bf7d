import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Extension } from '../../constructs/index.ts';
import { makeDirectory } from '../../platform/make-directory.ts';
import { type Environment, TidegateError } from '../../spec/index.ts';
import { type Folder, folderOf } from './folder.ts';

/**
 * Writes a folder an environment, named after it. Files of the folder that are not of the environment any more go; other
 * folders stay. Writing the same environments again changes nothing.
 *
 * @param out directory that holds the folders
 * @returns the folders' paths
 * @throws TidegateError when two environments have one name, or a file cannot be written
 */
export function writeEnvironments(
  out: string,
  environments: readonly Environment[],
  extension: Extension = {},
): readonly string[] {
  const names = new Set<string>();
  return environments.map((environment) => {
    const { name, namespace } = environment.metadata;
    if (names.has(name)) {
      throw TidegateError.of('TG1008', `${namespace}/${name}`, 'Another environment has the same folder');
    }
    names.add(name);
    const directory = join(out, name);
    writeFolder(directory, folderOf(environment, extension), { alone: true });
    return directory;
  });
}

/**
 * Writes files into a directory, which is made where it is missing.
 *
 * @param alone whether other YAML files of the directory go
 * @throws TidegateError when that is not possible
 */
export function writeFolder(directory: string, files: Folder, { alone = false } = {}): void {
  try {
    makeDirectory(directory);
    for (const entry of alone ? readdirSync(directory) : []) {
      if (entry.endsWith('.yaml') && !files.has(entry)) rmSync(join(directory, entry));
    }
    for (const [name, text] of files) writeFileSync(join(directory, name), text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw TidegateError.of('TG2004', directory, `The objects cannot be written there (${code})`);
  }
}
