import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { owned, render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { kubectlFor } from '../../cluster/kubectl.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';
import { Sandbox, startOperator } from '../operator/sandbox.ts';
import { tidegate } from './tidegate.ts';

const kubeconfig = inject('kubeconfig');
const directory = mkdtempSync(join(tmpdir(), 'tidegate-environment-'));
afterAll(() => rmSync(directory, { recursive: true }));

const inSandbox = ({ namespace }: Sandbox, ...args: readonly string[]) =>
  tidegate([...args, '--kubeconfig', kubeconfig, '-n', namespace]);

/** Applies the objects of an environment as a GitOps tool does. */
async function deliver(sandbox: Sandbox, door: 'gitops' | 'pulumi'): Promise<void> {
  const { namespace } = sandbox;
  const items = owned(render(parse({ ...environment(), metadata: { name: 'chat', namespace } })), door);
  await sandbox.kubectl(['apply', '--server-side', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
}

/** A disk that a claim of the sandbox gets. */
const volumeFor = ({ namespace }: Sandbox, name: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: `${namespace}-${name}` },
  spec: {
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
    claimRef: { namespace, name },
    hostPath: { path: '/nowhere' },
  },
});

/** Kubeconfig of somebody who has Kubernetes' own role for looking. */
async function viewerOf(sandbox: Sandbox): Promise<string> {
  const { namespace } = sandbox;
  await sandbox.kubectl(['create', 'serviceaccount', 'viewer']);
  await sandbox.kubectl([
    'create',
    'rolebinding',
    'viewer',
    '--clusterrole=view',
    `--serviceaccount=${namespace}:viewer`,
  ]);
  const token = (await sandbox.kubectl(['create', 'token', 'viewer'])).trim();
  const file = join(directory, 'viewer.kubeconfig');
  writeFileSync(file, await sandbox.kubectl(['config', 'view', '--raw', '--flatten']));
  const kubectl = await kubectlFor(file);
  await kubectl(['config', 'set-credentials', 'viewer', `--token=${token}`]);
  await kubectl(['config', 'set-context', '--current', '--user=viewer']);
  return file;
}

const status = async (sandbox: Sandbox) => {
  const { status, stdout } = await inSandbox(sandbox, 'status', 'chat', '-o', 'json');
  return { exit: status, ...JSON.parse(stdout) };
};

describe('GIVEN an environment that came from Git', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await Sandbox.create(kubeconfig);
    await deliver(sandbox, 'gitops');
    await waitFor('its pods', async () =>
      (await sandbox.kubectl(['get', 'pods', '-o', 'name'])).trim().split('\n').length >= 3
        ? true
        : undefined,
    );
  });

  it('WHEN its pods are not ready THEN status says what it waits for, and the shell sees 1', async () => {
    const { exit, ready, frontDoor, conditions, objects } = await status(sandbox);
    expect([exit, ready, frontDoor, conditions]).toEqual([1, false, 'gitops', []]);
    expect(objects).toContainEqual({
      kind: 'Pod',
      name: 'chat-redis-0',
      state: 'waiting',
      reason: 'It waits for a node',
      remedy: '',
    });
    expect(objects).toContainEqual({
      kind: 'StatefulSet',
      name: 'chat-redis',
      state: 'waiting',
      reason: '0 of 1 ready, 1 updated; Pod chat-redis-0: It waits for a node',
      remedy: '',
    });
  });

  it('WHEN everything is ready THEN status says so, and the shell sees 0', async () => {
    for (const claim of ['chat-redis-data', 'chat-postgres-data']) {
      await sandbox.kubectl(['create', '-f', '-'], volumeFor(sandbox, claim));
    }
    const ready = await waitFor('it to be ready', async () => {
      await sandbox.pretendHealthy();
      const shown = await status(sandbox);
      return shown.exit === 0 ? shown : undefined;
    });
    expect(ready.reason).toMatch(/^All \d+ objects are ready$/);
    const list = await inSandbox(sandbox, 'status');
    expect(list.stdout.split('\n')[1]?.split(/ {2,}/).slice(1, 4)).toEqual(['chat', 'yes', 'gitops']);
  });

  it('WHEN who asks may view only THEN status tells what may be seen, and nothing is deleted', async () => {
    const viewer = await viewerOf(sandbox);
    const shown = await waitFor('it to be ready', async () => {
      await sandbox.pretendHealthy();
      const args = ['status', 'chat', '-n', sandbox.namespace, '--kubeconfig', viewer];
      const ended = await tidegate(args);
      return ended.status === 0 ? ended : undefined;
    });
    expect(shown.stdout).toMatch(/chat is ready: All \d+ objects that you may see are ready\n/);
    const deleted = await tidegate([
      'delete',
      'chat',
      '--yes',
      '-n',
      sandbox.namespace,
      '--kubeconfig',
      viewer,
    ]);
    expect([deleted.status, deleted.stdout]).toEqual([1, '']);
    expect(deleted.stderr).toMatch(
      /\nNot looked for, since you may not: .*Secret.*\ntidegate: TG3003 .* is forbidden: .* Ask for that right, or use the context of somebody who has it\.\n$/,
    );
  });

  it('WHEN nobody can be asked THEN delete tells the plan and deletes nothing', async () => {
    const { status, stdout, stderr } = await inSandbox(sandbox, 'delete', 'chat');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Of operator-\w+\/chat these go:\n/);
    expect(stderr).toContain('\nThese stay:\n  PersistentVolumeClaim chat-postgres-data\n');
    expect(stderr).toContain('tidegate: TG6006 chat: Nobody can be asked here.');
    expect(await sandbox.get('deployment', 'chat-server')).toBeDefined();
  });

  it('WHEN it is deleted THEN its volumes alone stay, and pods of others of that name', async () => {
    const stranger = ['run', 'stranger', '--image=stranger', '--labels=app.kubernetes.io/instance=chat'];
    await sandbox.kubectl(stranger);
    const { status, stdout } = await inSandbox(sandbox, 'delete', 'chat', '--yes');
    expect(status).toBe(0);
    expect(stdout).toContain('Deployment chat-server deleted\n');
    const selector = ['-l', 'app.kubernetes.io/instance=chat', '-o', 'name'];
    const kinds = 'deploy,sts,svc,cm,pvc,ingress,hpa,pdb,netpol,sa,secret,pods';
    const left = (await sandbox.kubectl(['get', kinds, ...selector])).trim().split('\n');
    expect(left.sort()).toEqual([
      'persistentvolumeclaim/chat-postgres-data',
      'persistentvolumeclaim/chat-redis-data',
      'pod/stranger',
    ]);
  });
});

describe('GIVEN an environment of the operator', () => {
  it('WHEN it works THEN status tells its conditions, and delete the whole of it', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    await sandbox.apply();
    const operator = await startOperator(sandbox);
    try {
      await sandbox.condition('SecretsReady', { status: 'True' });
      const shown = await status(sandbox);
      expect([shown.exit, shown.ready, shown.frontDoor]).toEqual([1, false, 'operator']);
      expect(shown.conditions.map(({ type }: { type: string }) => type)).toContain('DatabaseReady');
      const { stdout } = await inSandbox(sandbox, 'status', 'chat');
      expect(stdout).toContain('chat is not ready: ');
      expect(stdout).toMatch(/\nSecretsReady +True +SecretsFound +Found /);

      const deleted = await inSandbox(sandbox, 'delete', 'chat', '--yes');
      expect(deleted.stdout).toBe('RealtimeEnvironment chat deleted\n');
      expect(deleted.stderr).toContain('These stay:\n  PersistentVolumeClaim chat-postgres-data\n');
      expect(await sandbox.get('deployment', 'chat-server')).toBeUndefined();
    } finally {
      await operator.stop();
    }
  });
});

describe('GIVEN an environment of Pulumi', () => {
  it('WHEN it is to be deleted THEN Pulumi is named', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    await deliver(sandbox, 'pulumi');
    const { status, stderr } = await inSandbox(sandbox, 'delete', 'chat', '--yes');
    expect([status, stderr]).toEqual([
      1,
      `tidegate: TG3001 ${sandbox.namespace}/chat: Pulumi delivers it. Use pulumi destroy.\n`,
    ]);
  });
});

describe('GIVEN an environment that Argo CD, Flux or Helm applies', () => {
  it.each([
    ['argocd.argoproj.io/tracking-id', 'Argo CD applies it. Remove it from Git.'],
    ['kustomize.toolkit.fluxcd.io/name', 'Flux applies it. Remove it from Git.'],
    [
      'meta.helm.sh/release-name',
      'Helm applies it. Remove it from the values of its release, or uninstall that.',
    ],
  ])('WHEN an object of it has %s THEN it is not deleted', async (mark, told) => {
    const sandbox = await Sandbox.create(kubeconfig);
    await deliver(sandbox, 'gitops');
    await sandbox.kubectl(['annotate', 'service', 'chat-server', `${mark}=any`]);
    const { status, stdout, stderr } = await inSandbox(sandbox, 'delete', 'chat', '--yes');
    expect([status, stdout, stderr]).toEqual([
      1,
      '',
      `tidegate: TG3001 ${sandbox.namespace}/chat: ${told}\n`,
    ]);
  });
});

describe('GIVEN an object that somebody holds by a finalizer', () => {
  it('WHEN its environment is deleted THEN that is told, and the shell sees 1 when the time is over', async () => {
    const sandbox = await Sandbox.create(kubeconfig);
    await deliver(sandbox, 'gitops');
    const held = JSON.stringify({ metadata: { finalizers: ['example.com/held'] } });
    await sandbox.kubectl(['patch', 'service', 'chat-server', '--type=merge', '-p', held]);
    const { status, stderr } = await inSandbox(sandbox, 'delete', 'chat', '--yes', '--timeout', '8s');
    expect(status).toBe(1);
    expect(stderr).toMatch(/\nwaiting +Service chat-server: It is held by finalizer example.com\/held\n/);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      `tidegate: TG6008 Service ${sandbox.namespace}/chat-server: It is held by finalizer example.com/held. ` +
        'See that the controller runs whose finalizer it is; it takes that away when it is done.',
    );
    const freed = JSON.stringify({ metadata: { finalizers: null } });
    await sandbox.kubectl(['patch', 'service', 'chat-server', '--type=merge', '-p', freed]);
  });
});

describe('GIVEN a name that no environment has', () => {
  it.each([['status'], ['delete'], ['logs']])('WHEN %s is asked of it THEN it says so', async (command) => {
    const { status, stderr } = await tidegate([command, 'nobody', '--kubeconfig', kubeconfig]);
    expect([status, stderr.split(':').slice(0, 2).join()]).toEqual([1, 'tidegate, TG6005 default/nobody']);
  });
});
