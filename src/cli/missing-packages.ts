import { createRequire } from 'node:module';
import { TidegateError } from '../spec/index.ts';

const here = createRequire(import.meta.url);
const { peerDependencies } = here('../../package.json') as {
  peerDependencies: Readonly<Record<string, string>>;
};

/** Of the packages that not everybody needs, those that a Pulumi program has. The others are the server's and operator's. */
const isPulumis = (name: string) => name.startsWith('@pulumi/');

/**
 * What a command says whose packages are not there: the server's and the operator's are optional, since whoever only renders
 * environments would carry eighty megabytes for nothing.
 *
 * @returns undefined when the error is about anything else
 */
export function missingPackages(error: unknown): TidegateError | undefined {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') return;
  const name = /^Cannot find package '([^']+)'/.exec(error.message)?.[1];
  if (name === undefined || !(name in peerDependencies)) return undefined;
  const needed = Object.entries(peerDependencies).filter(([peer]) => isPulumis(peer) === isPulumis(name));
  const missing = needed.filter(([peer]) => peer === name || !isThere(peer));
  const packages = missing.map(([peer, range]) => `'${peer}@${range}'`).join(' ');
  return TidegateError.of(
    'TG2010',
    name,
    'This command needs packages that are not installed',
    `Run npm install ${packages}, or use the image, which has them`,
  );
}

function isThere(name: string): boolean {
  return (here.resolve.paths(name) ?? []).some((directory) => {
    try {
      return here.resolve(`${directory}/${name}/package.json`) !== '';
    } catch {
      return false;
    }
  });
}
