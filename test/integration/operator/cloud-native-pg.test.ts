import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { applyCustomResources, cloudNativePG } from '../../cluster/custom-resources.ts';
import { kubectlFor } from '../../cluster/kubectl.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

const kubeconfig = inject('kubeconfig');
let sandbox: Sandbox;
let operator: RunningOperator;

beforeAll(async () => {
  sandbox = await Sandbox.create(kubeconfig);
  operator = await startOperator(sandbox);
});
afterAll(async () => {
  await operator.stop();
  const files = (await cloudNativePG()).map((file) => `--filename=${file}`);
  await (await kubectlFor(kubeconfig))(['delete', ...files]);
});

/** Says of the cluster what CloudNativePG would. */
const report = (status: object) =>
  sandbox.kubectl([
    'patch',
    'cluster.postgresql.cnpg.io',
    'chat-postgres',
    '--subresource=status',
    '--type=merge',
    '-p',
    JSON.stringify({ status }),
  ]);

describe('GIVEN an environment whose Postgres is a cluster of CloudNativePG', () => {
  it('WHEN the API server does not serve its kinds THEN a condition says what to install', async () => {
    await sandbox.apply({ postgres: { cloudNativePG: { instances: 2 } } });
    const { message } = await sandbox.condition('DatabaseReady', {
      status: 'False',
      reason: 'CloudNativePGMissing',
    });
    expect(message).toBe(
      'The cluster does not serve Cluster of postgresql.cnpg.io/v1; install CloudNativePG',
    );
    expect(await sandbox.get('deployment', 'chat-server')).toBeDefined();
  });

  it('WHEN they are installed THEN the Cluster comes, with a login that CloudNativePG can read', async () => {
    await applyCustomResources(kubeconfig, await cloudNativePG());
    await sandbox.condition('DatabaseReady', { status: 'False', reason: 'NotObserved' });
    const cluster = await sandbox.get<KubeObject>('cluster.postgresql.cnpg.io', 'chat-postgres');
    expect(cluster?.spec).toMatchObject({
      instances: 2,
      bootstrap: { initdb: { owner: 'tidegate', secret: { name: 'chat-postgres-login' } } },
    });
    expect(cluster?.metadata.ownerReferences).toBeUndefined();
    const secret = await sandbox.get<{ data: Record<string, string> }>('secret', 'chat-postgres-login');
    expect(Buffer.from(secret?.data.username ?? '', 'base64').toString()).toBe('tidegate');
    expect(Object.keys(secret?.data ?? {}).sort()).toEqual(['password', 'username']);
  });

  it.each([
    [{ phase: 'Setting up primary', readyInstances: 0 }, 'False', 'SettingUpPrimary'],
    [{ phase: 'Cluster in healthy state', readyInstances: 2 }, 'True', 'ClusterHealthy'],
    [{ phase: 'Failing over', readyInstances: 1 }, 'False', 'FailingOver'],
    [{ phase: 'Creating a new replica', readyInstances: 1 }, 'True', 'ClusterChanging'],
    [{ phase: 'Creating a new replica', readyInstances: 0 }, 'False', 'InstancesNotReady'],
  ])('WHEN CloudNativePG reports %o THEN DatabaseReady is %s, for %s', async (status, holds, reason) => {
    await report(status);
    const { message } = await sandbox.condition('DatabaseReady', { status: holds as 'True', reason });
    expect(message).toContain(`${status.readyInstances} of 2 instances ready`);
  });

  it('WHEN a backup fails THEN the environment is degraded, and the database is what it is', async () => {
    const lastTransitionTime = '2026-01-01T00:00:00Z';
    await report({
      phase: 'Cluster in healthy state',
      readyInstances: 2,
      conditions: [
        {
          type: 'LastBackupSucceeded',
          status: 'False',
          reason: 'Failed',
          message: 'no such bucket',
          lastTransitionTime,
        },
      ],
    });
    const { message } = await sandbox.condition('Degraded', { status: 'True', reason: 'BackupFailed' });
    expect(message).toBe('Cluster chat-postgres has no new backup: no such bucket');
    await sandbox.condition('DatabaseReady', { status: 'True' });
  });

  it('WHEN the environment goes on to another Postgres THEN the Cluster is let go, with its data', async () => {
    await sandbox.apply({ postgres: { standalone: {} } });
    await sandbox.condition('DatabaseReady', { reason: 'ReplicasNotReady' });
    expect(await sandbox.get('cluster.postgresql.cnpg.io', 'chat-postgres')).toBeDefined();
    expect(await sandbox.events()).not.toContain('Deleted Cluster chat-postgres, which left the environment');
  });
});
