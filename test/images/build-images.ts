import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheDirectory } from '../cluster/cache-directory.ts';
import { progress } from '../cluster/progress.ts';
import { debianBase, nodeBase, runtimeBase } from './base-images.ts';
import { contentHash } from './content-hash.ts';
import { type Build, ImageStore } from './image-store.ts';
import { type BaseArgument, canPull, PUBLIC_BASES } from './public-images.ts';
import { APPLICATION, EXAMPLE, type Recipe, STORES } from './recipes.ts';

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

/** Builds the example of a team's application on the server's image. */
export async function buildExample({
  directory = join(cacheDirectory(), 'images'),
}: BuildImagesOptions = {}): Promise<BuiltImage> {
  const [server] = await buildImages({ directory });
  if (server === undefined) throw new Error('There is no image of the server');
  const planned = plan(EXAMPLE, directory, [server.archive]);
  if (!existsSync(planned.archive)) await new Images(new ImageStore(directory)).buildOn(server, planned);
  return { reference: EXAMPLE.reference, archive: planned.archive };
}

interface Planned {
  readonly recipe: Recipe;
  /** Hash of all that the image is made of. */
  readonly hash: string;
  readonly archive: string;
}

function plan(recipe: Recipe, directory: string, facts: readonly string[] = []): Planned {
  const hash = contentHash([...recipe.inputs, ...HARNESS], [recipe.reference, ...facts]);
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
    const args = {
      NODE_IMAGE: await this.#base('NODE_IMAGE', nodeBase),
      RUNTIME_IMAGE: await this.#base('RUNTIME_IMAGE', runtimeBase),
    };
    const pull = Object.values(args).some((image) => Object.values(PUBLIC_BASES).includes(image));
    for (const one of planned) await fill(one, (archive) => this.#build(one, { args, pull }, archive));
  }

  /** On another image that was built. */
  async buildOn(base: BuiltImage, planned: Planned): Promise<void> {
    const contexts = { [base.reference]: `docker-image://docker-archive:${base.archive}` };
    await fill(planned, (archive) => this.#build(planned, { contexts }, archive));
  }

  /** The public images themselves, or stand-ins. */
  async makeStores(planned: readonly Planned[]): Promise<void> {
    for (const one of planned) {
      const { reference } = one.recipe;
      if (await canPull(reference)) await fill(one, (archive) => this.#store.pull(reference, archive));
      else {
        const args = { ...one.recipe.build.args, DEBIAN_IMAGE: await this.#debianBase() };
        await fill(one, (archive) => this.#build(one, { args }, archive));
      }
    }
  }

  async #base(argument: BaseArgument, standIn: typeof nodeBase): Promise<string> {
    const image = PUBLIC_BASES[argument];
    return (await canPull(image)) ? image : standIn(this.#store, await this.#debianBase());
  }

  #debianBase(): Promise<string> {
    this.#debian ??= debianBase(this.#store);
    return this.#debian;
  }

  async #build({ recipe, hash }: Planned, bases: Partial<Build>, archive: string): Promise<void> {
    // Tagged by content, so that two checkouts may build at once.
    const image = `localhost/tidegate-${recipe.name}:${hash}`;
    await this.#store.build(image, { ...recipe.build, ...bases });
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
