import type { V1Deployment, V1Job, V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

let sandbox: Sandbox;
let operator: RunningOperator;

beforeAll(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
  operator = await startOperator(sandbox);
});
afterAll(() => operator.stop());

const deploy = (version: number) =>
  sandbox.apply({
    server: { image: `registry.example.com/app:${version}` },
    migrations: { command: ['node', 'migrate.ts'] },
  });

const imageOf = async () => {
  const found = await sandbox.get<V1Deployment>('deployment', 'chat-server');
  return found?.spec?.template.spec?.containers[0]?.image;
};

async function listed<T>(kind: string): Promise<readonly T[]> {
  const selector = ['-l', 'app.kubernetes.io/component=migration'];
  const text = await sandbox.kubectl(['get', kind, ...selector, '-o', 'json']);
  return (JSON.parse(text) as { items: readonly T[] }).items;
}

/** The Job of an image. */
const jobOf = (version: number) =>
  waitFor(`the Job of version ${version}`, async () =>
    (await listed<V1Job>('jobs')).find(({ spec }) =>
      spec?.template.spec?.containers[0]?.image?.endsWith(`:${version}`),
    ),
  );

/** Says of the pods of a Job, until it has ended, what a kubelet would. */
async function end(
  job: V1Job,
  phase: 'Succeeded' | 'Failed',
  condition: 'Complete' | 'Failed',
): Promise<void> {
  const name = job.metadata?.name ?? '';
  const terminated = { exitCode: phase === 'Failed' ? 1 : 0, finishedAt: '2026-01-01T00:00:00Z' };
  await waitFor(`${name} to end`, async () => {
    const live = await sandbox.get<V1Job>('job', name);
    if (live?.status?.conditions?.some(({ type, status }) => type === condition && status === 'True'))
      return true;
    for (const pod of await listed<V1Pod>('pods')) {
      const isOfJob = pod.metadata?.labels?.['batch.kubernetes.io/job-name'] === name;
      if (!isOfJob || pod.status?.phase !== 'Pending') continue;
      const containerStatuses = [
        { name: 'migration', image: 'x', imageID: 'x', ready: false, restartCount: 0, state: { terminated } },
      ];
      const status = JSON.stringify({ status: { phase, containerStatuses } });
      const path = ['patch', 'pod', pod.metadata?.name ?? '', '--subresource=status', '--type=merge'];
      await sandbox.kubectl([...path, '-p', status]);
    }
    return undefined;
  });
}

describe('GIVEN an application with migrations', () => {
  it('WHEN it is new THEN its servers come when the Job is done, and all else before', async () => {
    await deploy(1);
    const job = await jobOf(1);
    await sandbox.condition('Progressing', { status: 'True', reason: 'Migrating' });
    await sandbox.condition('Degraded', { status: 'False' });
    expect(await imageOf()).toBeUndefined();
    expect(await sandbox.get('statefulset', 'chat-postgres')).toBeDefined();
    await end(job, 'Succeeded', 'Complete');
    await sandbox.condition('Progressing', { status: 'True', reason: 'RollingOut' });
    expect(await imageOf()).toBe('registry.example.com/app:1');
  });

  it('WHEN settings change but no image THEN no Job runs, and nothing waits', async () => {
    await sandbox.apply({
      server: { image: 'registry.example.com/app:1' },
      migrations: { command: ['node', 'migrate.ts'] },
      config: { GREETING: 'Hello' },
    });
    await waitFor('the change', async () => {
      const text = await sandbox.kubectl(['get', 'deployment', 'chat-server', '-o', 'json']);
      return text.includes('Hello') || undefined;
    });
    expect(await listed<V1Job>('jobs')).toHaveLength(1);
  });

  it('WHEN a new version needs one, and the operator is restarted THEN old servers stay until it is done', async () => {
    await deploy(2);
    const job = await jobOf(2);
    await sandbox.condition('Progressing', { reason: 'Migrating' });
    await operator.stop();
    operator = await startOperator(sandbox);
    await sandbox.condition('Progressing', { reason: 'Migrating' });
    expect(await imageOf()).toBe('registry.example.com/app:1');
    await end(job, 'Succeeded', 'Complete');
    await waitFor(
      'the new version',
      async () => (await imageOf()) === 'registry.example.com/app:2' || undefined,
    );
    await waitFor(
      'the Job of before to go',
      async () => (await listed<V1Job>('jobs')).length === 1 || undefined,
    );
  });

  it('WHEN a migration fails THEN a condition says where to look, and old servers stay', async () => {
    await deploy(3);
    const job = await jobOf(3);
    // Four tries with growing pauses take too long to wait for: the Job's own deadline ends them just as well.
    const limit = JSON.stringify({ spec: { activeDeadlineSeconds: 1 } });
    await sandbox.kubectl(['patch', 'job', job.metadata?.name ?? '', '--type=merge', '-p', limit]);
    const failed = { status: 'True', reason: 'MigrationFailed' } as const;
    const { message } = await sandbox.condition('Degraded', failed);
    expect(message).toContain(`TG1470: Job ${job.metadata?.name}: `);
    expect(message).toContain(`kubectl -n ${sandbox.namespace} logs job/${job.metadata?.name}`);
    await sandbox.condition('Progressing', { status: 'False', reason: 'MigrationFailed' });
    expect(await imageOf()).toBe('registry.example.com/app:2');
  });

  it('WHEN the version after it is right THEN that is rolled out', async () => {
    await deploy(4);
    await end(await jobOf(4), 'Succeeded', 'Complete');
    await waitFor(
      'the new version',
      async () => (await imageOf()) === 'registry.example.com/app:4' || undefined,
    );
    await sandbox.condition('Degraded', { status: 'False' });
  });
});
