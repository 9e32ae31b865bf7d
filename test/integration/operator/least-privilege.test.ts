import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { operatorRules } from '../../../src/operator/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';
import { restricted } from './service-account.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-operator-'));
let sandbox: Sandbox;
let operator: RunningOperator;
/** Of the clock, so that a minute takes no time. */
let aheadMs = 0;

beforeAll(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
  const kubeconfig = await restricted(sandbox, operatorRules(), directory);
  operator = await startOperator(sandbox, {
    kubeconfig,
    timing: { now: () => Date.now() + aheadMs, resyncMs: 500 },
  });
});
afterAll(async () => {
  await operator.stop();
  rmSync(directory, { recursive: true });
});

describe('GIVEN an operator that may do what operatorRules says and no more', () => {
  it('WHEN an environment is created, changed and repaired THEN nothing is forbidden', async () => {
    const single = { autoscaling: { min: 1, max: 1 }, retention: 'Delete' };
    await sandbox.apply({
      ...single,
      route: { ingress: { className: 'contour' }, gateway: { name: 'public' } },
    });
    await sandbox.condition('Degraded', { status: 'False' });
    await sandbox.kubectl(['delete', 'service', 'chat-server']);
    await waitFor('the Service', () => sandbox.get('service', 'chat-server'));
    await sandbox.apply({ ...single, redis: { inProcess: {} } });
    await sandbox.condition('CacheReady', { status: 'True' });
    await waitFor('the StatefulSet to be pruned', async () =>
      (await sandbox.get('statefulset', 'chat-redis')) === undefined ? true : undefined,
    );
    await sandbox.apply({ ...single, retention: 'Retain', redis: { inProcess: {} } });
    await waitFor('the claim to be kept', async () =>
      (await sandbox.get('pvc', 'chat-postgres-data'))?.metadata.ownerReferences === undefined
        ? true
        : undefined,
    );
    expect(JSON.stringify(operator.logs)).not.toContain('forbidden');
  });

  it('WHEN an environment falls asleep and wakes THEN nothing is forbidden', async () => {
    await sandbox.apply({
      autoscaling: { min: 1, max: 1 },
      redis: { inProcess: {} },
      lifecycle: { hibernate: { after: '1m' } },
    });
    await waitFor('it to be idle', async () => (await sandbox.status()).hibernation?.idleSince);
    aheadMs += 120_000;
    await sandbox.condition('Hibernated', { status: 'True' });
    await sandbox.kubectl(['annotate', 'rte', 'chat', 'tidegate.dev/wake=now']);
    await sandbox.condition('Hibernated', { status: 'False' });
    expect(JSON.stringify(operator.logs)).not.toContain('forbidden');
  });

  it('WHEN the rules are read THEN there is no wildcard, and no Secret can be deleted', () => {
    expect(JSON.stringify(operatorRules())).not.toContain('*');
    const secrets = operatorRules().filter(({ resources }) => resources.includes('secrets'));
    expect(secrets).toEqual([
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch', 'create', 'patch'] },
    ]);
  });
});
