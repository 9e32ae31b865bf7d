import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Environment,
  ERRORS,
  type ExtraRule,
  layerOf,
  overlay,
  type Problem,
  parse,
  SpecError,
} from '../spec/index.ts';
import { LayerReader, type Layers, located, refused, unreadable } from './environment-layers.ts';

/**
 * Reads environment specs from files, and from the YAML files of directories (not of their subdirectories). A document with
 * `extends: ./base.yaml` is put over that one (see `overlay`). A file that others extend, and that names no environment, is
 * none itself.
 *
 * @param rules rules of an extension, checked beside Tidegate's own
 * @throws SpecError with the problems of all files, each path beginning with the file that the value is from
 */
export function readEnvironments(
  paths: readonly string[],
  rules: readonly ExtraRule[] = [],
): readonly Environment[] {
  const reader = new LayerReader();
  const files = paths.flatMap(filesOf).map((file) => attempt(() => reader.read(file)));
  const isBase = basesOf(files.flatMap(({ done = [] }) => done));
  const parsed = files.flatMap(({ done = [], problems }) => [
    { problems } as Attempt<Environment>,
    ...done.filter((layers) => !isBase(layers)).map((layers) => attempt(() => [parseLayers(layers, rules)])),
  ]);
  const environments = parsed.flatMap(({ done = [] }) => done);
  const problems = [...once(parsed.flatMap((one) => one.problems ?? [])), ...duplicates(environments)];
  if (problems.length > 0) throw new SpecError(problems);
  return environments;
}

interface Attempt<T> {
  readonly done?: readonly T[];
  readonly problems?: readonly Problem[];
}

function attempt<T>(work: () => readonly T[]): Attempt<T> {
  try {
    return { done: work() };
  } catch (error) {
    if (error instanceof SpecError) return { problems: error.problems };
    throw error;
  }
}

/** What is wrong with a base is told once, and not by everybody who extends it. */
function once(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((one) => [`${one.code} ${one.path}: ${one.reason}`, one])).values()];
}

function filesOf(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const files = readdirSync(path)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
    if (files.length > 0) return files.map((name) => join(path, name));
  } catch (error) {
    throw unreadable(path, error);
  }
  throw refused('TG1006', path, 'The directory holds no .yaml or .yml file');
}

function basesOf(all: readonly Layers[]): (layers: Layers) => boolean {
  const bases = new Set(all.flatMap((layers) => layers.slice(0, -1).map(({ file }) => resolve(file))));
  return (layers) => {
    const last = layers.at(-1);
    return last !== undefined && bases.has(resolve(last.file)) && !hasName(last.document);
  };
}

function hasName(document: unknown): boolean {
  const { metadata } = (document ?? {}) as { metadata?: { name?: unknown } | null };
  return metadata?.name !== undefined;
}

function parseLayers(layers: Layers, rules: readonly ExtraRule[]): Environment {
  const [first, ...rest] = layers.map(({ document }) => document);
  try {
    return parse(
      rest.reduce((base, over) => overlay(base, over), first),
      rules,
    );
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new SpecError(
      error.problems.map((one) => ({
        ...one,
        path: located(layerOf(layers, one.path.split('.'))?.file ?? '', one.path),
      })),
    );
  }
}

/** Two documents that name the same environment would overwrite each other. */
function duplicates(environments: readonly Environment[]): readonly Problem[] {
  const seen = new Set<string>();
  return environments.flatMap(({ metadata }) => {
    const key = `${metadata.namespace}/${metadata.name}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [
      {
        code: 'TG1007' as const,
        path: key,
        reason: 'Two documents describe this environment',
        remedy: ERRORS.TG1007.remedy,
      },
    ];
  });
}
