import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../cluster/command.ts';

const DRIVER = process.env.STORAGE_DRIVER ?? 'overlay';

type Named = Readonly<Record<string, string>>;

/** One image to build; the maps are empty unless given. */
export interface Build {
  readonly context: string;
  readonly file: string;
  readonly target?: string;
  readonly args?: Named;
  /** Directories that `COPY --from=NAME` reads, and images that `FROM NAME` takes, as `docker-image://…`. */
  readonly contexts?: Named;
  /** Files that a step reads and no layer keeps. */
  readonly secrets?: Named;
  /** Whether a base that is not here is pulled; never by default. */
  readonly pull?: boolean;
  /** Directories of this machine that steps see, read-only, by the path they have there. */
  readonly mounts?: Named;
}

/** Images, layers and caches of buildah in a directory of their own, so that nothing global is read or written. */
export class ImageStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
    mkdirSync(join(directory, 'tmp'), { recursive: true });
  }

  async has(image: string): Promise<boolean> {
    return (await this.#buildah('images', ['--quiet', '--filter', `reference=${image}`])).trim() !== '';
  }

  async build(image: string, build: Build): Promise<void> {
    await this.#buildah('build', [
      '--layers',
      ...(build.pull === true ? [] : ['--pull-never']),
      ...(build.target === undefined ? [] : ['--target', build.target]),
      ...options(build.args, (name, value) => ['--build-arg', `${name}=${value}`]),
      ...options(build.contexts, (name, directory) => ['--build-context', `${name}=${directory}`]),
      ...options(build.secrets, (id, file) => ['--secret', `id=${id},src=${file}`]),
      ...options(build.mounts, (inside, outside) => ['--volume', `${outside}:${inside}:ro`]),
      ...['--file', build.file, '--tag', image, build.context],
    ]);
  }

  /** Writes an image, under the name that manifests call it by, to a file that container runtimes load. */
  async save(image: string, reference: string, archive: string): Promise<void> {
    const storage = `${DRIVER}@${join(this.directory, 'store')}+${join(this.directory, 'run')}`;
    const source = `containers-storage:[${storage}]${image}`;
    await this.#inside('exec skopeo "$@"', [
      'copy',
      '--quiet',
      source,
      `docker-archive:${archive}:${reference}`,
    ]);
  }

  /** Copies an image from its registry to such a file. */
  async pull(reference: string, archive: string): Promise<void> {
    const target = `docker-archive:${archive}:${reference}`;
    await command('skopeo', ['copy', '--quiet', `docker://${reference}`, target]);
  }

  #buildah(verb: 'build' | 'images', args: readonly string[]): Promise<string> {
    const storage = ['--root', join(this.directory, 'store'), '--runroot', join(this.directory, 'run')];
    // What the steps of a build print belongs to the error when one fails.
    const script = verb === 'build' ? 'exec buildah "$@" >&2' : 'exec buildah "$@"';
    return this.#inside(script, [...storage, verb, ...args]);
  }

  /** In a mount namespace, with which everything goes that was mounted, even after a failure. */
  #inside(script: string, args: readonly string[]): Promise<string> {
    return command('unshare', ['--mount', 'sh', '-c', script, 'sh', ...args], {
      env: {
        BUILDAH_ISOLATION: 'chroot',
        STORAGE_DRIVER: DRIVER,
        TMPDIR: join(this.directory, 'tmp'),
      },
    });
  }
}

function options(named: Named = {}, option: (name: string, value: string) => string[]): readonly string[] {
  return Object.entries(named).flatMap(([name, value]) => option(name, value));
}
