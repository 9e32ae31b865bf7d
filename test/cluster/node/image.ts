import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { command } from '../command.ts';
import { runInside, type Sandbox } from '../sandbox/sandbox.ts';
import { toolPath } from '../tools/tool-path.ts';

/** Image of what holds a pod's namespaces, of the volume provisioner's helper, and of a probe of the network. */
export const NODE_IMAGE = 'tidegate.test/node:1';

/** Writes the node's image: one static program under its names, and nothing else. */
export async function writeNodeImage(archive: string): Promise<void> {
  const workspace = mkdtempSync(join(tmpdir(), 'tidegate-node-image-'));
  try {
    const root = join(workspace, 'root');
    mkdirSync(root);
    const program = await toolPath('node-image');
    for (const name of ['pause', 'volume', 'probe']) copyFileSync(program, join(root, name));
    await command('tar', [
      '--create',
      '--owner=0',
      '--group=0',
      '-C',
      root,
      '-f',
      join(workspace, 'layer.tar'),
      '.',
    ]);
    const layer = createHash('sha256')
      .update(readFileSync(join(workspace, 'layer.tar')))
      .digest('hex');
    const config = {
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Entrypoint: ['/pause'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    };
    const manifest = [{ Config: 'config.json', RepoTags: [NODE_IMAGE], Layers: ['layer.tar'] }];
    writeFileSync(join(workspace, 'config.json'), JSON.stringify(config));
    writeFileSync(join(workspace, 'manifest.json'), JSON.stringify(manifest));
    await command('tar', [
      '--create',
      '-C',
      workspace,
      '-f',
      archive,
      'manifest.json',
      'config.json',
      'layer.tar',
    ]);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** Makes an image of an archive known to the node. */
export async function importImage(sandbox: Sandbox, archive: string): Promise<void> {
  await runInside(sandbox, 'ctr', ['--namespace=k8s.io', 'images', 'import', resolve(archive)]);
}
