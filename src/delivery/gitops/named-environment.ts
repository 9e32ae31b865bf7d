import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, parseAllDocuments } from 'yaml';
import { type Environment, TidegateError } from '../../spec/index.ts';
import { readEnvironments } from '../environment-files.ts';

/** An environment, and where it is written. */
export interface NamedEnvironment {
  readonly environment: Environment;
  readonly file: string;
  /** All of the file. */
  readonly text: string;
  /** The environment's own document of that text. */
  readonly document: Document;
}

type Place = Omit<NamedEnvironment, 'environment'>;

/**
 * Finds an environment among files.
 *
 * @param name its name, or the path of a file that holds it alone
 * @param directory files among which the name is looked for
 * @throws TidegateError when there is none or more than one, or when its spec is wrong
 */
export function namedEnvironment(name: string, directory: string): NamedEnvironment {
  const isPath = /\.ya?ml$/.test(name);
  const files = isPath ? [name] : globSync('*.{yaml,yml}', { cwd: directory }).sort();
  // Says what is wrong with a file that somebody named.
  if (isPath) readEnvironments(files);
  const found = files
    .flatMap((file) => placesIn(isPath ? file : join(directory, file)))
    .filter(({ document }) => isPath || nameOf(document) === name);
  const [place, another] = found;
  if (place === undefined) throw notFound(name, `${directory} holds no environment of that name`);
  if (another !== undefined) {
    const reason = isPath
      ? 'The file holds several environments'
      : `${place.file} and ${another.file} both describe one of that name`;
    throw notFound(name, reason);
  }
  const environment = readEnvironments([place.file]).find(
    ({ metadata }) => metadata.name === nameOf(place.document),
  );
  if (environment === undefined) throw notFound(name, `${place.file} holds no environment of that name`);
  return { environment, ...place };
}

function placesIn(file: string): readonly Place[] {
  const text = readFileSync(file, 'utf8');
  const documents = parseAllDocuments(text) as readonly Document[];
  // One without a name is a base of others. The kind may be that of the base.
  return documents
    .filter((document) => nameOf(document) !== undefined)
    .map((document) => ({ file, text, document }));
}

function nameOf(document: Document): unknown {
  return document.getIn(['metadata', 'name']);
}

function notFound(name: string, reason: string): TidegateError {
  return TidegateError.of('TG5003', name, reason);
}
