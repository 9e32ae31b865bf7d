import { accessSync, constants, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../../platform/make-directory.ts';
import { TidegateError } from '../../spec/errors.ts';

/** Makes the directory of the embedded database. @throws TidegateError TG2004 when it cannot be written to */
export function prepareDataDirectory(directory: string): void {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw TidegateError.of('TG2004', 'dataDirectory', `${directory} cannot be written to (${code})`);
  }
}

/**
 * Keeps other processes out of the directory: the embedded database does not, and two would destroy it.
 *
 * @returns gives the directory free again
 * @throws TidegateError TG2004 when a living process has it
 */
export function lockDataDirectory(directory: string): () => void {
  const file = join(directory, 'process-id');
  const owner = ownerOf(file);
  if (owner !== undefined && owner !== process.pid && isAlive(owner)) {
    const remedy = `Stop it, choose another directory, or remove ${file} if that is no server`;
    throw TidegateError.of('TG2004', 'dataDirectory', `Process ${owner} uses ${directory}`, remedy);
  }
  writeFileSync(file, `${process.pid}\n`);
  return () => rmSync(file, { force: true });
}

function ownerOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
