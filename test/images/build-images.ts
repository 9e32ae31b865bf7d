import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheDirectory } from '../cluster/cache-directory.ts';
import { progress } from '../cluster/progress.ts';
import { debianBase, nodeBase } from './base-images.ts';
import { contentHash } from './content-hash.ts';
import { ImageStore } from './image-store.ts';
import { canPull, PUBLIC_NODE_IMAGE } from './public-images.ts';
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
 * Builds the images that an environment's default spec names: the server and the operator from the Dockerfile, and the
 * public Redis and Postgres images. What can be pulled is: the Dockerfile's base, the stores. Where it cannot, a base is
 * made here and stand-ins are built. What has not changed since it was built is not built again.
 */
export async function buildImages({
  directory = join(cacheDirectory(), 'images'),
}: BuildImagesOptions = {}): Promise<readonly BuiltImage[]> {
  const planned = [...APPLICATION, ...STORES].map((recipe) => plan(recipe, directory));
  const missing = planned.filter(({ archive }) => !existsSync(archive));
  if (missing.length > 0) {
    const of = (recipes: readonly Recipe[]) => missing.filter(({ recipe }) => recipes.includes(recipe));
    const images = new Images(new ImageStore(directory));
    await Promise.all([images.buildApplication(of(APPLICATION)), images.makeStores(of(STORES))]);
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

/** Makes images of what can be pulled, and of what is made here where it cannot. */
class Images {
  readonly #store: ImageStore;
  #debian: Promise<string> | undefined;

  constructor(store: ImageStore) {
    this.#store = store;
  }

  /** One after the other: the operator takes all its layers from the server. */
  async buildApplication(planned: readonly Planned[]): Promise<void> {
    if (planned.length === 0) return;
    const pulled = await canPull(PUBLIC_NODE_IMAGE);
    const base = pulled ? PUBLIC_NODE_IMAGE : await nodeBase(this.#store, await this.#debianBase());
    for (const one of planned) await fill(one, (archive) => this.#build(one, base, pulled, archive));
  }

  /** The public images themselves, or stand-ins. */
  async makeStores(planned: readonly Planned[]): Promise<void> {
    for (const one of planned) {
      const { reference } = one.recipe;
      if (await canPull(reference)) await fill(one, (archive) => this.#store.pull(reference, archive));
      else await fill(one, async (archive) => this.#build(one, await this.#debianBase(), false, archive));
    }
  }

  #debianBase(): Promise<string> {
    this.#debian ??= debianBase(this.#store);
    return this.#debian;
  }

  async #build({ recipe, hash }: Planned, base: string, pull: boolean, archive: string): Promise<void> {
    // Tagged by content, so that two checkouts may build at once.
    const image = `localhost/tidegate-${recipe.name}:${hash}`;
    const args = { ...recipe.build.args, [recipe.baseArgument]: base };
    await this.#store.build(image, { ...recipe.build, args, pull });
    await this.#store.save(image, recipe.reference, archive);
  }
}

/** Lets an archive be written beside its place and moves it there. */
async function fill({ recipe, archive }: Planned, write: (archive: string) => Promise<void>): Promise<void> {
  const started = performance.now();
  const unfinished = `${archive}.${process.pid}`;
  await write(unfinished);
  await rename(unfinished, archive);
  await removeEarlier(recipe, archive);
  progress(`image ${recipe.reference} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

async function removeEarlier({ name }: Recipe, archive: string): Promise<void> {
  const directory = dirname(archive);
  const files = (await readdir(directory)).filter((file) => file.startsWith(`${name}-`));
  for (const path of files.map((file) => join(directory, file))) {
    const { mtimeMs } = await stat(path);
    if (path !== archive && Date.now() - mtimeMs > KEPT_MS) await rm(path);
  }
}
