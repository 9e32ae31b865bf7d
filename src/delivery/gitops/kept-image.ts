import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Environment, imageOf, TidegateError } from '../../spec/index.ts';
import { imageIn, serverDeploymentOf, withImage } from '../server-image.ts';
import { fileName } from './folder.ts';

/**
 * An environment as its folder has it: where the spec names no image, the one that was written before stays, so that a later
 * version of Tidegate replaces no pods.
 *
 * @param out directory that holds the folders
 * @throws TidegateError TG1480 when the Deployment of the folder cannot be read
 */
export function withKeptImage(out: string, environment: Environment): Environment {
  const { metadata, spec } = environment;
  if (spec.server.image !== undefined) return environment;
  const file = join(out, metadata.name, fileName(serverDeploymentOf(metadata)));
  return withImage(environment, writtenIn(file) ?? imageOf(spec.server));
}

/** Image of the server in a file; undefined when there is no file. */
function writtenIn(file: string): string | undefined {
  const text = read(file);
  if (text === undefined) return undefined;
  const image = imageIn(parsed(file, text));
  if (image === undefined) throw unreadable(file, 'It holds no image of the server');
  return image;
}

function parsed(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch {
    throw unreadable(file, 'It is no YAML');
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(file, `It cannot be read (${code})`);
  }
}

function unreadable(file: string, reason: string): TidegateError {
  return TidegateError.of('TG1480', file, reason);
}
