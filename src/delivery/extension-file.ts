import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Extension } from '../constructs/index.ts';
import { failureOf } from '../platform/failure.ts';
import { type Environment, TidegateError } from '../spec/index.ts';
import { readEnvironments } from './environment-files.ts';

/** Names an extension is found by, the first one first. */
const NAMES = ['ts', 'mts', 'js', 'mjs'].map((ending) => `tidegate.config.${ending}`);

/** The file of an extension; found beside the specs when undefined, none when false. */
export type ExtensionChoice = string | false | undefined;

/** Environments as their files say, and the extension that holds for them, if there is one. */
export interface ExtendedEnvironments {
  readonly environments: readonly Environment[];
  readonly extension: Extension | undefined;
}

/**
 * Reads environment specs together with their extension, whose rules are checked too.
 *
 * @throws SpecError with the problems of all files
 * @throws TidegateError when the extension cannot be used
 */
export async function readExtended(
  paths: readonly string[],
  choice?: ExtensionChoice,
): Promise<ExtendedEnvironments> {
  const extension = await extensionOf(paths, choice);
  return { environments: readEnvironments(paths, extension?.rules), extension };
}

/**
 * The extension for some specs, if there is one.
 *
 * @throws TidegateError TG1420 to TG1423
 */
export async function extensionOf(
  paths: readonly string[],
  choice?: ExtensionChoice,
): Promise<Extension | undefined> {
  const file = choice === undefined ? findExtension(paths) : choice;
  return file === false || file === undefined ? undefined : loadExtension(file);
}

/**
 * Loads an extension: an ES module, in TypeScript as it is, that exports it by default.
 *
 * @param path of the module, from the working directory
 * @throws TidegateError TG1420 when there is no such file, TG1421 when what it exports is no extension, TG1422 when it cannot be
 * imported
 */
export async function loadExtension(path: string): Promise<Extension> {
  const file = resolve(path);
  if (!existsSync(file)) throw TidegateError.of('TG1420', path, `There is no file ${file}`);
  const { default: exported } = await imported(path, file);
  if (exported === undefined) throw TidegateError.of('TG1421', path, 'It exports nothing by default');
  // Not before: a spec without an extension need not wait for cdk8s to be imported.
  const { defineExtension } = await import('../constructs/index.ts');
  return defineExtension(exported);
}

async function imported(path: string, file: string): Promise<{ readonly default?: Extension }> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof TidegateError) throw error;
    throw TidegateError.of('TG1422', path, `It cannot be imported: ${failureOf(error)}`);
  }
}

/** The file beside the specs, or above them up to the root of their Git work tree. */
function findExtension(paths: readonly string[]): string | undefined {
  const directories = new Set(paths.map((path) => resolve(isDirectory(path) ? path : dirname(path))));
  const found = new Set([...directories].map(nearest));
  const [file, another] = found;
  if (found.size > 1) {
    const names = [file, another].map((one) => one ?? 'none').join(' and ');
    throw TidegateError.of('TG1423', paths.join(' '), `These specs are under different ones: ${names}`);
  }
  return file;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function nearest(directory: string): string | undefined {
  const above = directoriesUpToRoot(directory);
  return above.flatMap((one) => NAMES.map((name) => join(one, name))).find((file) => existsSync(file));
}

/** Outside a Git work tree the directory alone: what lies further up may be anybody's, and it would be run. */
function directoriesUpToRoot(directory: string): readonly string[] {
  const above = [directory];
  for (let at = directory; !existsSync(join(at, '.git')); at = dirname(at)) {
    if (dirname(at) === at) return [directory];
    above.push(dirname(at));
  }
  return above;
}
