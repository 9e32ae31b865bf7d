import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { owned, render } from '../../../src/constructs/index.ts';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { parse } from '../../../src/spec/index.ts';
import { command } from '../../cluster/command.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';
import { type RunningOperator, Sandbox, startOperator } from '../operator/sandbox.ts';
import { guardOwnership } from './ownership-guard.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-adopt-'));
const file = join(directory, 'chat.yaml');
const PARTS = ['deployment/chat-server', 'statefulset/chat-redis', 'statefulset/chat-postgres'] as const;
let sandbox: Sandbox;
let operator: RunningOperator;
let unguard: () => Promise<unknown>;

beforeAll(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
  unguard = await guardOwnership(sandbox.namespace);
  const metadata = { name: 'chat', namespace: sandbox.namespace };
  writeFileSync(file, stringify({ ...environment(), metadata }));
  await applyFromGit();
  operator = await startOperator(sandbox);
});

afterAll(async () => {
  await operator.stop();
  await unguard();
  rmSync(directory, { recursive: true });
});

const adopt = async (to: string): Promise<string> =>
  command('node', ['src/cli/main.ts', 'adopt', file, '--to', to, '--kubeconfig', inject('kubeconfig')]);

/** As Argo CD would, but without force, so that a field of somebody else is a conflict. */
async function applyFromGit(...args: readonly string[]): Promise<void> {
  const metadata = { name: 'chat', namespace: sandbox.namespace };
  const items = owned(render(parse({ ...environment(), metadata })), 'gitops');
  const apply = ['apply', '--server-side', '--field-manager=argocd-controller', '-f', '-', ...args];
  await sandbox.kubectl(apply, { apiVersion: 'v1', kind: 'List', items });
}

/** Which objects these are, and whether their pods would be made anew. */
async function pods(): Promise<readonly unknown[]> {
  return Promise.all(
    PARTS.map(async (part) => {
      const [kind = '', name = ''] = part.split('/');
      const live = await sandbox.get<KubeObject & { spec: { template: unknown } }>(kind, name);
      return { uid: live?.metadata.uid, template: live?.spec.template };
    }),
  );
}

async function owners(): Promise<ReadonlySet<string | undefined>> {
  const all = await Promise.all(
    PARTS.map((part) => sandbox.get<KubeObject>(...(part.split('/') as [string, string]))),
  );
  return new Set(all.map((one) => one?.metadata.labels?.['app.kubernetes.io/managed-by']));
}

describe('GIVEN an environment that is delivered from Git, an operator and the policy of the chart', () => {
  it('WHEN the operator gets the same environment THEN it leaves all to its owner', async () => {
    await sandbox.apply();
    await sandbox.condition('Degraded', { status: 'True', reason: 'OwnedByAnother' });
    expect(await owners()).toEqual(new Set(['tidegate-gitops']));
  });

  it('WHEN the operator adopts it THEN it delivers, with the same objects and no new pods', async () => {
    const before = await pods();
    const said = await adopt('operator');
    expect(said).toContain(`Deployment ${sandbox.namespace}/chat-server moved from tidegate-gitops\n`);
    // It would look again by itself, half a minute after it had met another owner.
    await sandbox.kubectl(['annotate', 'rte/chat', 'example.com/look=now']);
    await sandbox.condition('Degraded', { status: 'False' });
    await waitFor('the operator to own all', async () => {
      const deployment = await sandbox.get<KubeObject>('deployment', 'chat-server');
      return deployment?.metadata.ownerReferences?.some(({ name }) => name === 'chat') || undefined;
    });
    expect(await owners()).toEqual(new Set(['tidegate-operator']));
    expect(await pods()).toEqual(before);
  });

  it('WHEN Git applies again, by force, THEN the policy refuses it', async () => {
    await expect(applyFromGit('--force-conflicts')).rejects.toThrow(
      'Deployment chat-server belongs to tidegate-operator, and tidegate-gitops would take it over',
    );
  });

  it('WHEN Git adopts it THEN the operator lets go, Git applies without force, and the environment may go', async () => {
    const before = await pods();
    expect(await adopt('gitops')).toContain(
      `Secret ${sandbox.namespace}/chat-redis moved from tidegate-operator\n`,
    );
    await sandbox.condition('Degraded', { status: 'True', reason: 'OwnedByAnother' });
    await applyFromGit();
    await sandbox.kubectl(['delete', 'rte', 'chat', '--cascade=foreground', '--timeout=30s']);
    expect(await pods()).toEqual(before);
    expect(await owners()).toEqual(new Set(['tidegate-gitops']));
    const deployment = await sandbox.get<KubeObject>('deployment', 'chat-server');
    expect(Object.keys(deployment?.metadata.annotations ?? {})).not.toContain('tidegate.dev/applied-hash');
    expect(await adopt('gitops')).not.toContain('moved');
  });

  it('WHEN an object belongs to no front door THEN it is named, and none is moved', async () => {
    const label = ['label', '--overwrite', 'service/chat-redis', 'app.kubernetes.io/managed-by=Helm'];
    await sandbox.kubectl(['annotate', 'service/chat-redis', 'tidegate.dev/handed-to=Helm']);
    await sandbox.kubectl(label);
    await expect(adopt('operator')).rejects.toThrow(
      `tidegate: TG3001 Service ${sandbox.namespace}/chat-redis: It belongs to Helm, which is no front door of Tidegate. ` +
        'Deliver it from one front door only.',
    );
    expect(await owners()).toEqual(new Set(['tidegate-gitops']));
  });
});
