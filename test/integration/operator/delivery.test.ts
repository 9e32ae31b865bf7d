import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

const EVERYTHING = [
  'ConfigMap/chat-redis',
  'ConfigMap/chat-server',
  'Deployment/chat-server',
  'HorizontalPodAutoscaler/chat-server',
  'Ingress/chat',
  'NetworkPolicy/chat-postgres',
  'NetworkPolicy/chat-redis',
  'NetworkPolicy/chat-server',
  'PersistentVolumeClaim/chat-postgres-data',
  'PersistentVolumeClaim/chat-redis-data',
  'PodDisruptionBudget/chat-server',
  'Secret/chat-api',
  'Secret/chat-postgres',
  'Secret/chat-redis',
  'Secret/chat-token',
  'Service/chat-postgres',
  'Service/chat-redis',
  'Service/chat-server',
  'ServiceAccount/chat-server',
  'StatefulSet/chat-postgres',
  'StatefulSet/chat-redis',
];

let sandbox: Sandbox;
let operator: RunningOperator;

beforeAll(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
  operator = await startOperator(sandbox);
});
afterAll(() => operator.stop());

describe('GIVEN a running operator', () => {
  it('WHEN an environment is created THEN its objects and Secrets come to be and are owned by it', async () => {
    // One replica: the autoscaler then changes nothing while writes are counted.
    await sandbox.apply({ autoscaling: { min: 1, max: 1 } });
    await sandbox.condition('Progressing', { status: 'True', reason: 'RollingOut' });
    expect(await sandbox.owned()).toEqual(EVERYTHING);

    const chat = await sandbox.get('rte', 'chat');
    const owners = async (kind: string, name: string) =>
      (await sandbox.get(kind, name))?.metadata.ownerReferences;
    const reference = {
      apiVersion: 'tidegate.dev/v1alpha1',
      kind: 'RealtimeEnvironment',
      name: 'chat',
      uid: chat?.metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    };
    expect(await owners('deployment', 'chat-server')).toEqual([reference]);
    expect(await owners('secret', 'chat-token')).toEqual([reference]);
    expect(await owners('pvc', 'chat-postgres-data')).toBeUndefined();
  });

  it('WHEN its pods are not ready THEN the status says what is waited for', async () => {
    const { conditions, ...rest } = await sandbox.status();
    expect(rest).toEqual({
      observedGeneration: 1,
      endpoints: [{ route: 'ingress', url: 'ws://chat.example.com' }],
      replicas: { desired: 1, ready: 0, updated: expect.any(Number) },
      revision: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    const found = Object.fromEntries(
      (conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]),
    );
    expect(found).toEqual({
      Ready: 'False DatabaseNotReady',
      Progressing: 'True RollingOut',
      Degraded: 'False AsExpected',
      Applied: 'True Applied',
      SecretsReady: 'True SecretsFound',
      DatabaseReady: 'False ReplicasNotReady',
      CacheReady: 'False ReplicasNotReady',
      RouteReady: 'True Applied',
    });
  });

  it('WHEN its pods are ready THEN it is Ready, and an event says so', async () => {
    await waitFor('the environment to be ready', async () => {
      await sandbox.pretendHealthy();
      const { conditions = [] } = await sandbox.status();
      return conditions.find(({ type, status }) => type === 'Ready' && status === 'True');
    });
    await sandbox.condition('Progressing', { status: 'False', reason: 'RolloutComplete' });
    expect(await sandbox.events()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^Created Secret chat-redis, Secret chat-postgres, .*, Secret chat-api, .*, Ingress chat$/,
        ),
        'RealtimeEnvironment chat became ready',
      ]),
    );
  });

  it('WHEN credentials were made THEN no log line, event, status or metric holds one', async () => {
    const secrets = ['chat-redis', 'chat-postgres', 'chat-token', 'chat-api'];
    const { text } = await operator.page('/metrics');
    const told = JSON.stringify([
      operator.logs,
      await sandbox.events(),
      await sandbox.get('rte', 'chat'),
      text,
    ]);
    for (const name of secrets) {
      const { data } =
        (await sandbox.get<KubeObject & { data: Record<string, string> }>('secret', name)) ?? {};
      const [encoded = ''] = Object.values(data ?? {});
      expect(encoded).not.toBe('');
      expect(told).not.toContain(encoded);
      expect(told).not.toContain(Buffer.from(encoded, 'base64').toString());
    }
  });

  it('WHEN nothing changes but an annotation of the environment THEN nothing is written', async () => {
    // The lease is renewed by PUT, and nothing else is written so.
    const writes = await operator.requests('POST', 'PATCH', 'DELETE');
    const turns = await reconciles();
    await sandbox.kubectl(['annotate', 'rte', 'chat', 'example.com/touched=yes']);
    await waitFor('a reconciliation', async () => ((await reconciles()) > turns ? true : undefined));
    expect(await operator.requests('POST', 'PATCH', 'DELETE')).toBe(writes);
  });

  it('WHEN another operator starts afresh THEN it writes nothing', async () => {
    await operator.stop();
    operator = await startOperator(sandbox);
    await waitFor('a reconciliation', async () => ((await reconciles()) > 0 ? true : undefined));
    expect(await operator.requests('POST', 'PATCH', 'DELETE')).toBe(0);
  });

  async function reconciles(): Promise<number> {
    const { text } = await operator.page('/metrics');
    return Number(/^controller_runtime_reconcile_total\{.*result="success"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  }
});
