import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheDirectory } from '../cluster/cache-directory.ts';
import { progress } from '../cluster/progress.ts';
import { debianBase, nodeBase } from './base-images.ts';
import { contentHash } from './content-hash.ts';
import { ImageStore } from './image-store.ts';
import { APPLICATION, type Recipe, STORES } from './recipes.ts';

/** What decides how an image is built, whatever it is built from. */
const HARNESS = ['base', 'base-images.ts', 'image-store.ts', 'recipes.ts'].map(
  (name) => `test/images/${name}`,
);

/** So long may another run still read an archive of another tree. */
const KEPT_MS = 3_600_000;

export interface BuiltImage {
  /** What manifests call it, for example `docker.io/library/redis:7.4`. */
  readonly reference: string;
  /** Path of a tar file that `ctr images import` and `docker load` take. */
  readonly archive: string;
}

export interface BuildImagesOptions {
  /** Where images, layers and archives stay; `images` in the tests' cache by default. */
  readonly directory?: string;
}

/**
 * Builds the images that an environment's default spec names: the server and the operator from the Dockerfile, and
 * stand-ins for the public Redis and Postgres images. What has not changed since it was built is not built again.
 */
export async function buildImages({
  directory = join(cacheDirectory(), 'images'),
}: BuildImagesOptions = {}): Promise<readonly BuiltImage[]> {
  const planned = [...APPLICATION, ...STORES].map((recipe) => plan(recipe, directory));
  const missing = planned.filter(({ archive }) => !existsSync(archive));
  if (missing.length > 0) {
    const store = new ImageStore(directory);
    const debian = await debianBase(store);
    const [onNode, onDebian] = [APPLICATION, STORES].map((recipes) =>
      missing.filter(({ recipe }) => recipes.includes(recipe)),
    ) as [Planned[], Planned[]];
    await Promise.all([
      onNode.length > 0 ? nodeBase(store, debian).then((node) => buildEach(store, onNode, node)) : undefined,
      buildEach(store, onDebian, debian),
    ]);
  }
  return planned.map(({ recipe: { reference }, archive }) => ({ reference, archive }));
}

interface Planned {
  readonly recipe: Recipe;
  /** Hash of all that the image is made of. */
  readonly hash: string;
  readonly archive: string;
}

function plan(recipe: Recipe, directory: string): Planned {
  const hash = contentHash([...recipe.inputs, ...HARNESS], [recipe.reference]);
  return { recipe, hash, archive: join(directory, `${recipe.name}-${hash}.tar`) };
}

/** One after the other: the operator takes all its layers from the server. */
async function buildEach(store: ImageStore, planned: readonly Planned[], base: string): Promise<void> {
  for (const { recipe, hash, archive } of planned) {
    const started = performance.now();
    // Tagged by content, so that two checkouts may build at once.
    const image = `localhost/tidegate-${recipe.name}:${hash}`;
    const args = { ...recipe.build.args, [recipe.baseArgument]: base };
    await store.build(image, { ...recipe.build, args });
    await store.save(image, recipe.reference, `${archive}.${process.pid}`);
    await rename(`${archive}.${process.pid}`, archive);
    await removeEarlier(recipe, archive);
    progress(`image ${recipe.reference} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
}

async function removeEarlier({ name }: Recipe, archive: string): Promise<void> {
  const directory = dirname(archive);
  const files = (await readdir(directory)).filter((file) => file.startsWith(`${name}-`));
  for (const path of files.map((file) => join(directory, file))) {
    const { mtimeMs } = await stat(path);
    if (path !== archive && Date.now() - mtimeMs > KEPT_MS) await rm(path);
  }
}
