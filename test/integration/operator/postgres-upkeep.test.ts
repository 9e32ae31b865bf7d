import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

let sandbox: Sandbox;
let operator: RunningOperator;

beforeAll(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
  operator = await startOperator(sandbox);
});
afterAll(async () => {
  await operator.stop();
  const names = ['chat', 'grown'].map((name) => `${sandbox.namespace}-${name}-postgres-data`);
  await sandbox.kubectl(['delete', 'pv', '--ignore-not-found', '--wait=false', ...names]);
});

interface StatefulSet extends KubeObject {
  readonly spec: { readonly template: { readonly spec: { readonly containers: { image: string }[] } } };
}

const imageOf = async () => {
  const found = await sandbox.get<StatefulSet>('statefulset', 'chat-postgres');
  return found?.spec.template.spec.containers[0]?.image;
};
/** Gives a claim a volume, as an administrator or a provisioner would. */
const bind = async (claim: string, storageClassName = '') => {
  const { namespace } = sandbox;
  await sandbox.kubectl(['apply', '--server-side', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `${namespace}-${claim}` },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '2Gi' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claim },
      hostPath: { path: '/nowhere' },
      storageClassName,
      persistentVolumeReclaimPolicy: 'Retain',
    },
  });
  await sandbox.kubectl(['wait', 'pvc', claim, '--for=jsonpath={.status.phase}=Bound', '--timeout=30s']);
};
const standalone = (spec: Record<string, unknown>) => sandbox.apply({ postgres: { standalone: spec } });

describe('GIVEN a Postgres with a volume', () => {
  it('WHEN it is made THEN the volume says whose data it holds', async () => {
    await standalone({ image: 'docker.io/library/postgres:16.9', storage: '2Gi' });
    await sandbox.condition('Applied', { status: 'True' });
    const claim = await sandbox.get<KubeObject>('pvc', 'chat-postgres-data');
    expect(claim?.metadata.annotations?.['tidegate.dev/postgres-major']).toBe('16');
  });

  it('WHEN the image is of another major version THEN nothing of it is touched, and the runbook is named', async () => {
    await standalone({ image: 'docker.io/library/postgres:17.6', storage: '2Gi' });
    const { message } = await sandbox.condition('Degraded', { status: 'True', reason: 'MajorVersionChange' });
    expect(message).toBe(
      'TG1469: PersistentVolumeClaim chat-postgres-data holds data of Postgres 16, and the image is of Postgres 17. ' +
        'Follow docs/runbooks/upgrade-postgres.md, or go back to the image of before.',
    );
    expect(await imageOf()).toBe('docker.io/library/postgres:16.9');
    await sandbox.condition('Applied', { status: 'False', reason: 'NotApplied' });
  });

  it('WHEN the operator is restarted meanwhile THEN it holds still', async () => {
    await operator.stop();
    operator = await startOperator(sandbox);
    await sandbox.apply({
      config: { GREETING: 'Hello' },
      postgres: { standalone: { image: 'docker.io/library/postgres:17.6', storage: '2Gi' } },
    });
    const generation = (await sandbox.get<KubeObject>('rte', 'chat'))?.metadata.generation ?? 0;
    await sandbox.condition('Degraded', { reason: 'MajorVersionChange', observedGeneration: generation });
    expect(await imageOf()).toBe('docker.io/library/postgres:16.9');
  });

  it('WHEN the old data is deleted, as the runbook says THEN the new version comes by itself', async () => {
    await sandbox.kubectl(['delete', 'statefulset', 'chat-postgres']);
    // Nobody runs here who would find that no pod has the volume.
    const free = JSON.stringify({ metadata: { finalizers: null } });
    await sandbox.kubectl(['patch', 'pvc', 'chat-postgres-data', '--type=merge', '-p', free]);
    await sandbox.kubectl(['delete', 'pvc', 'chat-postgres-data', '--ignore-not-found']);
    await sandbox.condition('Degraded', { status: 'False' });
    expect(await imageOf()).toBe('docker.io/library/postgres:17.6');
    const claim = await sandbox.get<KubeObject>('pvc', 'chat-postgres-data');
    expect(claim?.metadata.annotations?.['tidegate.dev/postgres-major']).toBe('17');
  });

  it('WHEN a minor version changes THEN it is applied', async () => {
    await standalone({ image: 'docker.io/library/postgres:17.7', storage: '2Gi' });
    await sandbox.condition('Applied', { status: 'True', observedGeneration: await generation() });
    expect(await imageOf()).toBe('docker.io/library/postgres:17.7');
  });

  it('WHEN less storage is asked for THEN a sentence says why not, and all else is applied', async () => {
    await sandbox.apply({
      config: { GREETING: 'Hello again' },
      postgres: { standalone: { image: 'docker.io/library/postgres:17.7', storage: '1Gi' } },
    });
    const { message } = await sandbox.condition('Degraded', { status: 'True', reason: 'VolumeShrink' });
    expect(message).toBe(
      'TG1468: PersistentVolumeClaim chat-postgres-data has 2Gi and would get 1Gi. ' +
        'Ask for at least as much as it has; to have less, restore a backup into a new volume.',
    );
    const deployment = await sandbox.kubectl(['get', 'deployment', 'chat-server', '-o', 'json']);
    expect(deployment).toContain('Hello again');
  });

  it('WHEN more is asked for, and its StorageClass grows no volumes THEN the API server is quoted', async () => {
    await bind('chat-postgres-data');
    await standalone({ image: 'docker.io/library/postgres:17.7', storage: '3Gi' });
    const { message } = await sandbox.condition('Degraded', { status: 'True', reason: 'ApplyFailed' });
    expect(message).toContain('only dynamically provisioned pvc can be resized');
  });

  it('WHEN its StorageClass grows volumes THEN it is asked to', async () => {
    const name = sandbox.namespace;
    const storageClass = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name },
      provisioner: 'example.com/none',
      allowVolumeExpansion: true,
    };
    await sandbox.kubectl(['apply', '--server-side', '-f', '-'], storageClass);
    await sandbox.apply({ postgres: { standalone: { storage: '2Gi', storageClassName: name } } }, 'grown');
    await sandbox.condition('Applied', { status: 'True' }, 'grown');
    const claim = 'grown-postgres-data';
    await bind(claim, name);
    await sandbox.apply({ postgres: { standalone: { storage: '5Gi', storageClassName: name } } }, 'grown');
    const observedGeneration = await generation('grown');
    await sandbox.condition('Applied', { status: 'True', observedGeneration }, 'grown');
    const grown = await sandbox.kubectl(['get', 'pvc', claim, '-o', 'jsonpath={.spec.resources.requests}']);
    expect(JSON.parse(grown)).toEqual({ storage: '5Gi' });
    await sandbox.kubectl(['delete', 'storageclass', name]);
  });
});

const generation = async (name = 'chat') =>
  (await sandbox.get<KubeObject>('rte', name))?.metadata.generation ?? 0;

describe('GIVEN a Postgres with backups', () => {
  const key = (name: string) => ({ name: 'store', key: name });
  const backup = {
    schedule: '15 3 * * *',
    s3: { bucket: 'backups', credentials: { accessKeyId: key('id'), secretAccessKey: key('key') } },
  };
  const report = (status: object) =>
    sandbox.kubectl([
      'patch',
      'cronjob',
      'kept-postgres-backup',
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify({ status }),
    ]);

  it('WHEN the access key is missing THEN a condition names its Secret', async () => {
    await sandbox.apply({ postgres: { standalone: { backup } } }, 'kept');
    const { message } = await sandbox.condition('SecretsReady', { reason: 'SecretMissing' }, 'kept');
    expect(message).toContain('Secret store does not exist');
  });

  it('WHEN the last one failed THEN the environment is degraded until one succeeds', async () => {
    await sandbox.condition('Degraded', { status: 'False' }, 'kept');
    await report({ lastScheduleTime: '2026-01-02T03:15:00Z', lastSuccessfulTime: '2026-01-01T03:15:09Z' });
    const failed = { status: 'True', reason: 'BackupFailed' } as const;
    const { message } = await sandbox.condition('Degraded', failed, 'kept');
    expect(message).toContain('CronJob kept-postgres-backup has no backup of 2026-01-02T03:15:00Z');
    await report({ lastSuccessfulTime: '2026-01-02T03:15:09Z' });
    await sandbox.condition('Degraded', { status: 'False' }, 'kept');
  });
});
