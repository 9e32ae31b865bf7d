import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { VERSION } from '../../../src/spec/index.ts';
import { type Kubectl, kubectlFor } from '../../cluster/kubectl.ts';
import { LaterVersion } from '../../later-version.ts';
import { environment } from '../../unit/environment.ts';
import { type PulumiProject, pulumiProject } from './pulumi-project.ts';

const NAMESPACE = 'chat-pulumi-upgrade';
const kubeconfig = inject('kubeconfig');
let kubectl: Kubectl;
let project: PulumiProject;
let later: LaterVersion;

const up = (...args: readonly string[]) =>
  project.pulumi('up', '--stack', 'dev', '--yes', '--skip-preview', ...args);
const image = () =>
  kubectl(['-n', NAMESPACE, 'get', 'deploy/chat-server', '-o', 'jsonpath={..containers[0].image}']);

function write(spec: Record<string, unknown> = {}): void {
  const metadata = { name: 'chat', namespace: NAMESPACE, annotations: { 'pulumi.com/skipAwait': 'true' } };
  writeFileSync(join(project.directory, 'environment.yaml'), stringify({ ...environment(spec), metadata }));
}

/** Lets the project run the source of another checkout. */
function use(checkout: string): void {
  for (const name of ['src', 'package.json']) {
    rmSync(join(project.directory, name));
    symlinkSync(join(checkout, name), join(project.directory, name));
  }
}

beforeAll(async () => {
  later = new LaterVersion();
  kubectl = await kubectlFor(kubeconfig);
  project = await pulumiProject(kubeconfig);
  await kubectl(['create', 'namespace', NAMESPACE]);
  write();
  await project.pulumi('stack', 'init', 'dev');
  const file = join(project.directory, 'environment.yaml');
  await project.pulumi('config', 'set', 'tidegate:environment', file, '--stack', 'dev');
  await up();
});
afterAll(() => {
  project.remove();
  later.remove();
});

describe('GIVEN a stack that this version has brought up', { timeout: 180_000 }, () => {
  it('WHEN a later version brings it up THEN nothing changes', async () => {
    use(later.directory);
    await up('--expect-no-changes');
    expect(await image()).toBe(`ghcr.io/tidegate/server:${VERSION}`);
  });

  it('WHEN another image is named, and then none THEN that one stays', async () => {
    const named = `ghcr.io/tidegate/server:${later.version}`;
    write({ server: { image: named } });
    await up();
    expect(await image()).toBe(named);
    write();
    await up('--expect-no-changes');
    use(join(import.meta.dirname, '../../..'));
    await up('--expect-no-changes');
    expect(await image()).toBe(named);
  });
});
