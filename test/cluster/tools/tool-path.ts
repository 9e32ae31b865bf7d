import { existsSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../cache-directory.ts';
import { command } from '../command.ts';
import { isExecutable } from '../executable.ts';
import { build } from './build.ts';
import { RECIPES, type Recipe, type RecipeName, recipeNameOf, type ToolName } from './recipes.ts';

/**
 * Path of a program the tests run: from `$TIDEGATE_TOOLS` (a directory of programs, or of `*.zst` archives of them),
 * else from the user's cache, else built from its pinned version into the cache, which takes minutes.
 */
export async function toolPath(name: ToolName): Promise<string> {
  const place = locate(name);
  if (place.at === 'path') return place.path;
  const recipeName = recipeNameOf(name);
  const recipe: Recipe = RECIPES[recipeName];
  const directory = recipeDirectory(recipeName);
  const fill =
    place.at === 'archive'
      ? (path: string) =>
          command('zstd', ['-qdf', place.path, '-o', path]).then(() => command('chmod', ['755', path]))
      : (path: string) => build(recipeName, recipe, path);
  await install(directory, recipeName, recipe, fill);
  return join(directory, name);
}

/** Whether a program is at hand without building it. */
export function isAtHand(name: ToolName): boolean {
  return locate(name).at !== 'nowhere';
}

type Place = { readonly at: 'path' | 'archive'; readonly path: string } | { readonly at: 'nowhere' };

function locate(name: ToolName): Place {
  const recipeName = recipeNameOf(name);
  const cached = join(recipeDirectory(recipeName), name);
  const given = process.env.TIDEGATE_TOOLS;
  if (given) {
    if (isExecutable(join(given, name))) return { at: 'path', path: join(given, name) };
    const archive = join(given, `${recipeName}.zst`);
    if (existsSync(archive)) {
      const fresh = isExecutable(cached) && statSync(cached).mtimeMs >= statSync(archive).mtimeMs;
      return fresh ? { at: 'path', path: cached } : { at: 'archive', path: archive };
    }
  }
  if (isExecutable(cached)) return { at: 'path', path: cached };
  // Where someone unpacked programs by hand.
  const loose = join(cacheDirectory(), 'tools', name);
  return isExecutable(loose) ? { at: 'path', path: loose } : { at: 'nowhere' };
}

/** Fills a directory beside its place and moves it there, so that a build cut short leaves nothing half done. */
async function install(
  directory: string,
  recipeName: RecipeName,
  recipe: Recipe,
  fill: (path: string) => Promise<unknown>,
): Promise<void> {
  const unfinished = `${directory}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await fill(join(unfinished, recipeName));
    for (const alias of 'answersTo' in recipe ? (recipe.answersTo ?? []) : []) {
      symlinkSync(recipeName, join(unfinished, alias));
    }
    rmSync(directory, { recursive: true, force: true });
    renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function recipeDirectory(recipeName: RecipeName): string {
  return join(cacheDirectory(), 'tools', `${recipeName}@${RECIPES[recipeName].version}`);
}
