import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type ImageConfig, imageConfig, unpackImage } from './unpacked-image.ts';

export interface ContainerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments in place of the image's own. */
  readonly args?: readonly string[];
  /** Directories with a volume that is empty and belongs to the user. */
  readonly volumes?: readonly string[];
}

/**
 * An image that runs the way a pod of the `restricted` standard does: as the image's user, without capabilities, on a root
 * file system that cannot be written. It shares this machine's network, so that it listens on its loopback.
 */
export class Container {
  /** What it has written. */
  output = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;

  private constructor(child: ChildProcess, directory: string) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.#ended = once(child, 'close').then(([code]) => {
      rmSync(directory, { recursive: true });
      return code ?? 1;
    });
  }

  static async run(archive: string, options: ContainerOptions = {}): Promise<Container> {
    const directory = mkdtempSync(join(tmpdir(), 'tidegate-container-'));
    await unpackImage(archive, join(directory, 'rootfs'));
    const spec = runtimeSpec(await imageConfig(archive), options);
    writeFileSync(join(directory, 'config.json'), JSON.stringify(spec));
    const state = join(directory, 'state');
    mkdirSync(state);
    const run = ['--root', state, 'run', '--bundle', directory, basename(directory)];
    return new Container(spawn('runc', run, { stdio: ['ignore', 'pipe', 'pipe'] }), directory);
  }

  /** Its exit code, once it has ended by itself. */
  ended(): Promise<number> {
    return this.#ended;
  }

  /** Asks it to end, and resolves to its exit code. */
  stop(): Promise<number> {
    this.#child.kill('SIGTERM');
    return this.#ended;
  }
}

/** @see https://github.com/opencontainers/runtime-spec/blob/main/config.md */
function runtimeSpec(
  image: ImageConfig,
  { env = {}, args = image.Cmd, volumes = [] }: ContainerOptions,
): object {
  const [uid, gid] = image.User.split(':').map(Number);
  const volume = (destination: string) => ({
    destination,
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'nodev', 'mode=0700', `uid=${uid}`, `gid=${gid}`],
  });
  return {
    ociVersion: '1.0.2',
    process: {
      user: { uid, gid },
      args: [...image.Entrypoint, ...args],
      env: [...image.Env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
      cwd: image.WorkingDir,
      noNewPrivileges: true,
    },
    root: { path: 'rootfs', readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      ...volumes.map(volume),
    ],
    linux: { namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })) },
  };
}
