import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

interface DeploymentObject extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly progressDeadlineSeconds: number;
    readonly paused?: boolean;
  };
}

let sandbox: Sandbox;
let operator: RunningOperator;

beforeAll(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
  operator = await startOperator(sandbox);
  await sandbox.apply();
  await sandbox.condition('Degraded', { status: 'False' });
});
afterAll(() => operator.stop());

const server = async () =>
  (await sandbox.get<DeploymentObject>('deployment', 'chat-server')) as DeploymentObject;
const patchServer = (patch: unknown, ...more: readonly string[]) =>
  sandbox.kubectl([
    'patch',
    'deployment',
    'chat-server',
    '--type=merge',
    '-p',
    JSON.stringify(patch),
    ...more,
  ]);

describe('GIVEN an environment that was applied', () => {
  it('WHEN a field is edited THEN it goes back within a second, and an event names the editor', async () => {
    const edited = performance.now();
    await patchServer({ spec: { progressDeadlineSeconds: 77 } });
    await waitFor('the field to be back', async () =>
      (await server()).spec.progressDeadlineSeconds === 600 ? true : undefined,
    );
    // Two runs of kubectl are in it.
    expect(performance.now() - edited).toBeLessThan(2_000);
    const note = 'Reverted a change of Deployment chat-server by kubectl-patch';
    await waitFor('the event', async () => (await sandbox.events()).find((told) => told === note));

    // The same again is counted, not told anew.
    await patchServer({ spec: { progressDeadlineSeconds: 78 } });
    await waitFor('the event to be counted', async () => {
      const text = await sandbox.kubectl(['get', 'events.events.k8s.io', '-o', 'json']);
      const { items } = JSON.parse(text) as {
        items: readonly { note: string; series?: { count: number } }[];
      };
      return items.find((item) => item.note === note && item.series?.count === 2);
    });
    expect((await sandbox.events()).filter((told) => told === note)).toHaveLength(1);
  });

  it('WHEN the label that marks its owner is removed THEN it is put back', async () => {
    await sandbox.kubectl(['label', 'configmap', 'chat-server', 'app.kubernetes.io/managed-by-']);
    await waitFor('the label', async () => {
      const { metadata } = (await sandbox.get('configmap', 'chat-server')) as KubeObject;
      return metadata.labels?.['app.kubernetes.io/managed-by'];
    });
  });

  it('WHEN the owner reference is removed THEN it is put back', async () => {
    const patch = JSON.stringify([{ op: 'remove', path: '/metadata/ownerReferences' }]);
    await sandbox.kubectl(['patch', 'service', 'chat-server', '--type=json', '-p', patch]);
    await waitFor('the owner reference', async () => {
      const { metadata } = (await sandbox.get('service', 'chat-server')) as KubeObject;
      return metadata.ownerReferences?.find(({ name }) => name === 'chat');
    });
  });

  it.each(['service/chat-redis', 'configmap/chat-server', 'ingress/chat', 'deployment/chat-server'])(
    'WHEN %s is deleted THEN it is created again',
    async (object) => {
      const [kind = '', name = ''] = object.split('/');
      const before = await sandbox.get(kind, name);
      await sandbox.kubectl(['delete', kind, name]);
      const after = await waitFor<KubeObject>('the object', () => sandbox.get(kind, name));
      expect(after.metadata.uid).not.toBe(before?.metadata.uid);
    },
  );

  it('WHEN a Secret is deleted THEN a new one is made', async () => {
    await sandbox.kubectl(['delete', 'secret', 'chat-token']);
    await waitFor('the Secret', () => sandbox.get('secret', 'chat-token'));
    await sandbox.condition('SecretsReady', { status: 'True' });
  });

  it('WHEN a field that the environment leaves open is set THEN it stays', async () => {
    await sandbox.kubectl(['scale', 'deployment', 'chat-server', '--replicas=5']);
    await patchServer({ spec: { progressDeadlineSeconds: 78 } });
    await waitFor('the other field to be back', async () =>
      (await server()).spec.progressDeadlineSeconds === 600 ? true : undefined,
    );
    expect((await server()).spec.replicas).toBe(5);
  });

  it('WHEN another manager applies one of its fields THEN it yields and names the manager', async () => {
    const rival = (progressDeadlineSeconds?: number) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'chat-server', namespace: sandbox.namespace },
      spec: progressDeadlineSeconds === undefined ? {} : { progressDeadlineSeconds },
    });
    const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=somebody-else', '-f', '-'];
    await sandbox.kubectl(apply, rival(99));
    const { message } = await sandbox.condition('Degraded', { status: 'True', reason: 'OwnedByAnother' });
    expect(message).toBe(
      'TG3001: Deployment chat-server is also applied by somebody-else. Deliver it from one front door only.',
    );
    expect((await server()).spec.progressDeadlineSeconds).toBe(99);

    // Others of its objects are still cared for.
    await sandbox.kubectl(['delete', 'service', 'chat-redis']);
    await waitFor('the Service', () => sandbox.get('service', 'chat-redis'));

    await sandbox.kubectl(apply, rival());
    await sandbox.condition('Degraded', { status: 'False' });
    expect((await server()).spec.progressDeadlineSeconds).toBe(600);
  });
});

describe('GIVEN an object of another front door', () => {
  it('WHEN an environment would need its name THEN nothing is applied, and the owner is named', async () => {
    const other = await Sandbox.create(inject('kubeconfig'));
    const running = await startOperator(other);
    const labels = { 'app.kubernetes.io/managed-by': 'tidegate-gitops' };
    await other.kubectl(['apply', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'chat-server', labels },
      data: { theirs: 'yes' },
    });
    await other.apply();
    const { message } = await other.condition('Degraded', { status: 'True', reason: 'OwnedByAnother' });
    expect(message).toBe(
      'TG3001: Nothing was applied, for these belong to others: ConfigMap chat-server to tidegate-gitops. ' +
        'Deliver it from one front door only.',
    );
    expect(await other.owned()).toEqual([]);
    expect((await other.get('configmap', 'chat-server'))?.data).toEqual({ theirs: 'yes' });
    await running.stop();
  });
});

describe('GIVEN an object of a stranger, which no cache holds', () => {
  const label = { 'app.kubernetes.io/managed-by': 'Helm' };
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', controller: true };
  it.each([
    ['has a label', 'Helm', () => ({ labels: label })],
    [
      'has a controller',
      'ServiceAccount default',
      (uid: string) => ({ ownerReferences: [{ ...account, uid }] }),
    ],
  ])(
    'WHEN it %s and an environment needs its name THEN it stays, and nothing runs',
    async (_mark, owner, mark) => {
      const other = await Sandbox.create(inject('kubeconfig'));
      const { uid = '' } = (await other.get('serviceaccount', 'default'))?.metadata ?? {};
      await other.kubectl(['apply', '-f', '-'], {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'chat-server', ...mark(uid) },
        data: { theirs: 'yes' },
      });
      const before = await other.get('configmap', 'chat-server');
      const running = await startOperator(other);
      await other.apply();
      const { message } = await other.condition('Degraded', { status: 'True', reason: 'OwnedByAnother' });
      expect(message).toBe(
        `TG3001: Not all was applied, for these belong to others: ConfigMap chat-server to ${owner}. ` +
          'Deliver it from one front door only.',
      );
      expect(await other.get('configmap', 'chat-server')).toEqual(before);
      expect(await other.get('deployment', 'chat-server')).toBeUndefined();
      await running.stop();
    },
  );
});
