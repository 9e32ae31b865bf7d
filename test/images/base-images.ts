import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { command } from '../cluster/command.ts';
import { progress } from '../cluster/progress.ts';
import { contentHash } from './content-hash.ts';
import type { ImageStore } from './image-store.ts';

const CONTAINERFILE = 'test/images/base/Containerfile';
/** The Node that package-lock.json names. */
const NODE = 'node_modules/node/bin/node';

/** What `apt-get` needs in a build step: this machine's sources and lists, instead of an update of its own. */
export const APT = {
  options: [
    '--yes',
    '--quiet=2',
    '--no-install-recommends',
    '-o Dir::Etc=/run/apt/etc',
    '-o Dir::State::lists=/run/apt/lists',
  ].join(' '),
  mounts: { '/run/apt/etc': '/etc/apt', '/run/apt/lists': '/var/lib/apt/lists' },
} as const;

/** What no image needs; dpkg leaves it out of later packages as well. */
const LEFT_OUT = ['doc', 'info', 'lintian', 'locale', 'man'].map((name) => `/usr/share/${name}/*`);
const EMPTIED = ['/dev/*', '/var/cache/apt/*', '/var/lib/apt/lists/*', '/var/log/*'];

/** Makes what stands in for Debian's image unless it is there, and returns its name. */
export async function debianBase(store: ImageStore): Promise<string> {
  const { mirror, release } = await debianMirror();
  const image = `localhost/tidegate-debian:${contentHash([CONTAINERFILE], [release, ...LEFT_OUT, ...EMPTIED])}`;
  if (await store.has(image)) return image;
  progress(`base image of Debian ${release}`);
  const directory = await mkdtemp(join(store.directory, 'debian-'));
  const root = join(directory, 'root');
  const context = join(directory, 'context');
  // What debootstrap mounts goes with its mount namespace, even when it is interrupted.
  await command('unshare', ['--mount', 'debootstrap', '--variant=minbase', release, root, mirror]);
  await writeFile(
    join(root, 'etc/dpkg/dpkg.cfg.d/left-out'),
    LEFT_OUT.map((path) => `path-exclude=${path}\n`).join(''),
  );
  await mkdir(context);
  const exclude = [...LEFT_OUT, ...EMPTIED].map((path) => `--exclude=.${path}`);
  await command('tar', ['--create', `--file=${context}/rootfs.tar`, `--directory=${root}`, ...exclude, '.']);
  await store.build(image, { context, file: CONTAINERFILE, target: 'debian' });
  await rm(directory, { recursive: true });
  return image;
}

/** Makes what stands in for Node's image, npm included, unless it is there, and returns its name. */
export async function nodeBase(store: ImageStore, debian: string): Promise<string> {
  const version = (await command(NODE, ['--version'])).trim();
  const image = `localhost/tidegate-node:${contentHash([CONTAINERFILE], [debian, version])}`;
  if (await store.has(image)) return image;
  progress(`base image of Node ${version}`);
  await store.build(image, {
    context: dirname(CONTAINERFILE),
    file: CONTAINERFILE,
    target: 'node',
    args: { DEBIAN_IMAGE: debian },
    contexts: { 'node-binary': dirname(NODE), 'npm-package': await npmPackage() },
  });
  return image;
}

/** Makes what stands in for the image with Node and no shell unless it is there, and returns its name. */
export async function runtimeBase(store: ImageStore, debian: string): Promise<string> {
  const version = (await command(NODE, ['--version'])).trim();
  const image = `localhost/tidegate-runtime:${contentHash([CONTAINERFILE], [debian, version])}`;
  if (await store.has(image)) return image;
  progress(`base image of Node ${version} without a shell`);
  await store.build(image, {
    context: dirname(CONTAINERFILE),
    file: CONTAINERFILE,
    target: 'runtime',
    args: { DEBIAN_IMAGE: debian, APT_OPTIONS: APT.options },
    mounts: APT.mounts,
    contexts: { 'node-binary': dirname(NODE) },
  });
  return image;
}

/** Directory of the npm that is on the path: `bin/npm-cli.js` lies in it. */
async function npmPackage(): Promise<string> {
  const program = await command('sh', ['-c', 'realpath "$(command -v npm)"']);
  return dirname(dirname(program.trim()));
}

/** Where this machine's own packages come from. */
async function debianMirror(): Promise<{ mirror: string; release: string }> {
  const format = '$(REPO_URI) $(CODENAME) $(COMPONENT)';
  const lists = await command('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const targets = lists.split('\n').map((line) => line.split(' '));
  const [mirror, release] =
    targets.find(([, codename, component]) => component === 'main' && /^[a-z]+$/.test(codename ?? '')) ?? [];
  if (mirror === undefined || release === undefined) {
    throw new Error("apt has no list of Debian's main packages: run apt-get update");
  }
  return { mirror, release };
}
