import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Environment, ERRORS, type Problem, parse, SpecError } from '../spec/index.ts';

/**
 * Reads environment specs from files, and from the YAML files of directories (not of their subdirectories).
 *
 * @throws SpecError with the problems of all files, each path beginning with its file
 */
export function readEnvironments(paths: readonly string[]): readonly Environment[] {
  const problems: Problem[] = [];
  const environments = paths.flatMap(filesOf).flatMap((file) => {
    try {
      return readFile(file);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      problems.push(
        ...error.problems.map((one) => ({
          ...one,
          path: [file, one.path].filter((part) => part !== '').join(': '),
        })),
      );
      return [];
    }
  });
  problems.push(...duplicates(environments));
  if (problems.length > 0) throw new SpecError(problems);
  return environments;
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
  throw refused(path, 'The directory holds no .yaml or .yml file');
}

/** A file may hold several documents. */
function readFile(file: string): readonly Environment[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
  const documents = parseAllDocuments(text, { uniqueKeys: true });
  const [mistake] = documents.flatMap(({ errors }) => errors);
  if (mistake !== undefined) {
    const line = mistake.linePos?.[0].line ?? 1;
    throw new SpecError([
      {
        code: 'TG1005',
        path: `line ${line}`,
        reason: mistake.message.split(/ at line |\n/)[0] ?? mistake.code,
        remedy: ERRORS.TG1005.remedy,
      },
    ]);
  }
  if (documents.length === 0) return [parse(undefined)];
  return documents.map((document) => parse(document.toJS()));
}

function unreadable(path: string, error: unknown): SpecError {
  const code = (error as NodeJS.ErrnoException).code;
  const reason = code === 'ENOENT' ? 'There is no such file or directory' : `It cannot be read (${code})`;
  return refused(path, reason);
}

function refused(path: string, reason: string): SpecError {
  return new SpecError([{ code: 'TG1006', path, reason, remedy: ERRORS.TG1006.remedy }]);
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
