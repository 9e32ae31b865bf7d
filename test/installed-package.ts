import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Lays out what `npm install` would beside a project of a team's own: the package, whose modules are the sources of this tree,
 * and other packages that the project imports.
 */
export function installPackage(project: string, ...others: readonly string[]): void {
  const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    name: string;
    exports: Readonly<Record<string, { readonly default: string } | string>>;
  };
  const sources = Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string'
      ? []
      : [[path, target.default.replace('./lib/', './src/').replace(/\.js$/, '.ts')] as const],
  );
  const modules = join(project, 'node_modules');
  const tidegate = join(modules, name);
  mkdirSync(tidegate, { recursive: true });
  writeFileSync(
    join(tidegate, 'package.json'),
    JSON.stringify({ name, exports: Object.fromEntries(sources) }),
  );
  symlinkSync(resolve('src'), join(tidegate, 'src'));
  for (const other of others) symlinkSync(resolve('node_modules', other), join(modules, other));
}
