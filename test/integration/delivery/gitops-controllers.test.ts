import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { command } from '../../cluster/command.ts';
import { applyCustomResources } from '../../cluster/custom-resources.ts';
import { type Kubectl, kubectlFor } from '../../cluster/kubectl.ts';
import { goModule } from '../../cluster/tools/go-module.ts';

const kubeconfig = inject('kubeconfig');
const out = mkdtempSync(join(tmpdir(), 'tidegate-controllers-'));
let kubectl: Kubectl;

const dryRun = (input: string) =>
  kubectl(
    ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-o', 'name', '-f', '-'],
    input,
  );

beforeAll(async () => {
  kubectl = await kubectlFor(kubeconfig);
  const argoCd = await goModule('github.com/argoproj/argo-cd/v3', 'v3.1.0');
  const flux = await goModule('github.com/fluxcd/kustomize-controller', 'v1.6.0');
  await applyCustomResources(kubeconfig, [
    join(argoCd, 'manifests/crds/application-crd.yaml'),
    join(argoCd, 'manifests/crds/applicationset-crd.yaml'),
    join(flux, 'config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml'),
  ]);
  for (const namespace of ['argocd', 'flux-system']) await kubectl(['create', 'namespace', namespace]);
  const args = ['--argo-cd', 'https://git.example.com/acme/deploy.git', '--flux', 'flux-system'];
  await command('node', [
    ...['src/cli/main.ts', 'synth', 'environments/staging.yaml', '--out', out],
    ...[...args, '--repository-path', 'clusters/one'],
  ]);
});
afterAll(() => rmSync(out, { recursive: true }));

describe('GIVEN an API server with the custom resources of Argo CD and Flux', () => {
  it.each([
    ['Application', 'argo-cd/application-staging.yaml', 'application.argoproj.io/staging'],
    ['Kustomization', 'flux/kustomization-staging.yaml', 'kustomization.kustomize.toolkit.fluxcd.io/staging'],
  ])('WHEN the %s of an environment is applied THEN it is taken, strictly', async (_, file, name) => {
    const text = readFileSync(join(out, file), 'utf8');
    expect(await dryRun(text)).toBe(`${name}\n`);
    await expect(dryRun(text.replace('prune:', 'purge:'))).rejects.toThrow(/purge|prune: Required/);
  });

  it('WHEN the ApplicationSet of the page on GitOps is applied THEN it is taken, strictly', async () => {
    const page = readFileSync('docs/gitops.md', 'utf8');
    const [, text = ''] = /```yaml\n(apiVersion: argoproj\.io[^`]+)```/.exec(page) ?? [];
    expect(await dryRun(text)).toBe('applicationset.argoproj.io/previews\n');
  });
});
