import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Manifest, owned, render } from '../../src/constructs/index.ts';
import { readEnvironments } from '../../src/delivery/environment-files.ts';
import type { Environment } from '../../src/spec/index.ts';

/** What is rendered; a file of its own, so that figures of two days can be compared. */
export const EXAMPLE = join(import.meta.dirname, 'environment.yaml');

/** The command line as it is installed; `npm run build` writes it. */
export const CLI = resolve(import.meta.dirname, '../../lib/cli/main.js');

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
    writeFileSync(join(files, `${index}.yaml`), text.replace('name: bench,', `name: ${nameOf(index)},`));
  }
  return files;
}
