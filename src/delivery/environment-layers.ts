import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ERRORS, type ErrorCode, type Problem, SpecError } from '../spec/index.ts';

/** One document, and the file it is from. */
export interface Layer {
  readonly file: string;
  /** Without its `extends`. */
  readonly document: unknown;
}

/** A document after all that it extends, the first base first. */
export type Layers = readonly Layer[];

/** Reads files, each once, together with those that they extend. */
export class LayerReader {
  readonly #documents = new Map<string, readonly unknown[]>();

  /**
   * The documents of a file, each as its layers.
   *
   * @throws SpecError whose paths begin with the file they are about
   */
  read(file: string, above: readonly string[] = []): readonly Layers[] {
    return this.#documentsOf(file).map((document) => {
      if (typeof document !== 'object' || document === null || !('extends' in document)) {
        return [{ file, document }];
      }
      const { extends: base, ...own } = document;
      return [...this.#base(file, base, [...above, file]), { file, document: own }];
    });
  }

  #base(file: string, base: unknown, above: readonly string[]): Layers {
    if (typeof base !== 'string' || base === '') {
      throw refused('TG1003', located(file, 'extends'), 'It must be the path of a file');
    }
    const path = isAbsolute(base) ? base : join(dirname(file), base);
    const cycle = above.findIndex((one) => resolve(one) === resolve(path));
    if (cycle >= 0) {
      const names = [...above.slice(cycle), path].map((one) => relative(dirname(file), one));
      throw refused('TG1009', located(file, 'extends'), `The files extend each other: ${names.join(' → ')}`);
    }
    try {
      this.#documentsOf(path);
    } catch (error) {
      // What is wrong is the path that somebody wrote here.
      throw aboutReading(error) ? moved(error, located(file, 'extends'), base) : error;
    }
    const [layers, another] = this.read(path, above);
    if (layers === undefined || another !== undefined) {
      throw refused(
        'TG1010',
        located(file, 'extends'),
        `${base} must hold one document, no more and no less`,
      );
    }
    return layers;
  }

  #documentsOf(file: string): readonly unknown[] {
    const key = resolve(file);
    const known = this.#documents.get(key) ?? documentsIn(file);
    this.#documents.set(key, known);
    return known;
  }
}

/** `environments/dev.yaml: spec.host` */
export function located(file: string, path: string): string {
  return [file, path].filter((part) => part !== '').join(': ');
}

export function refused(code: ErrorCode, path: string, reason: string): SpecError {
  return new SpecError([{ code, path, reason, remedy: ERRORS[code].remedy }]);
}

export function unreadable(path: string, error: unknown): SpecError {
  const code = (error as NodeJS.ErrnoException).code;
  const reason = code === 'ENOENT' ? 'There is no such file or directory' : `It cannot be read (${code})`;
  return refused('TG1006', path, reason);
}

function aboutReading(error: unknown): error is SpecError {
  return error instanceof SpecError && error.problems.every(({ code }) => code === 'TG1006');
}

function moved(error: SpecError, path: string, base: string): SpecError {
  return new SpecError(
    error.problems.map((one): Problem => ({ ...one, path, reason: `${base}: ${one.reason}` })),
  );
}

/** A file may hold several documents. One that is empty holds one that is nothing. */
function documentsIn(file: string): readonly unknown[] {
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
    const reason = mistake.message.split(/ at line |\n/)[0] ?? mistake.code;
    throw refused('TG1005', located(file, `line ${line}`), reason);
  }
  return documents.length === 0 ? [undefined] : documents.map((document) => document.toJS());
}
