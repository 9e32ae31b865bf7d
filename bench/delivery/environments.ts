import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Manifest, owned, render } from '../../src/constructs/index.ts';
import { readEnvironments } from '../../src/delivery/environment-files.ts';
import type { Environment } from '../../src/spec/index.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

/** The staging example: both routes, and stores of its own. */
export const EXAMPLE = join(ROOT, 'environments/staging.yaml');

/** The command line as it is installed; `npm run build` writes it. */
export const CLI = join(ROOT, 'lib/cli/main.js');

export function example(): Environment {
  const [environment] = readEnvironments([EXAMPLE]);
  if (environment === undefined) throw new Error(`${EXAMPLE} holds no environment`);
  return environment;
}

/** What `tidegate synth` writes of the example. */
export function exampleObjects(): readonly Manifest[] {
  return owned(render(example()), 'gitops');
}

/** Name of one of many environments. */
export const nameOf = (index: number) => `chat-${index}`;

/** A file an environment, each the example with another name; returns their directory. */
export function writeMany(directory: string, count: number): string {
  const files = join(directory, 'environments');
  mkdirSync(files);
  const text = readFileSync(EXAMPLE, 'utf8');
  for (let index = 0; index < count; index += 1) {
    writeFileSync(join(files, `${index}.yaml`), text.replace('name: staging,', `name: ${nameOf(index)},`));
  }
  return files;
}
