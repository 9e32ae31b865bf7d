import { mkdirSync } from 'node:fs';
import { command } from '../cluster/command.ts';

/** What an image tells about how it is run. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly ExposedPorts: Readonly<Record<string, object>>;
}

interface Manifest {
  readonly Config: string;
  readonly Layers: readonly string[];
}

/** Reads an image's config from its archive. */
export async function imageConfig(archive: string): Promise<ImageConfig> {
  const { Config } = await manifestOf(archive);
  return JSON.parse(await member(archive, Config)).config;
}

/** Lays an image's files out as a container sees them, owners and modes included. No layer may take files away. */
export async function unpackImage(archive: string, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const { Layers } = await manifestOf(archive);
  const script =
    'tar --extract --to-stdout --file "$1" "$2" | tar --extract --preserve-permissions --directory "$3"';
  for (const layer of Layers)
    await command('bash', ['-euo', 'pipefail', '-c', script, 'bash', archive, layer, directory]);
  const removals = await command('find', [directory, '-name', '.wh.*', '-printf', '%P\n']);
  if (removals !== '') throw new Error(`Layers of ${archive} take files away:\n${removals}`);
}

async function manifestOf(archive: string): Promise<Manifest> {
  const [manifest] = JSON.parse(await member(archive, 'manifest.json')) as Manifest[];
  if (manifest === undefined) throw new Error(`There is no image in ${archive}`);
  return manifest;
}

function member(archive: string, name: string): Promise<string> {
  return command('tar', ['--extract', '--to-stdout', '--file', archive, name]);
}
