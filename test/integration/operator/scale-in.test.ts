import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from '../server/client.ts';
import { startReplica } from '../server/replica.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

/** Pods have no kubelet here: this is where they say they are, and where real servers are. */
const ADDRESSES = ['127.78.0.1', '127.78.0.2'];
const COST = 'controller.kubernetes.io/pod-deletion-cost';

let sandbox: Sandbox;
let operator: RunningOperator;
const servers: { drain(): Promise<void> }[] = [];
const clients: TestClient[] = [];

const pods = async () => {
  const selector = ['-l', 'app.kubernetes.io/component=server'];
  const { items } = JSON.parse(await sandbox.kubectl(['get', 'pods', ...selector, '-o', 'json'])) as {
    items: readonly V1Pod[];
  };
  return items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
};
const costs = async () =>
  Object.fromEntries(
    (await pods()).map(({ metadata, status }) => [status?.podIP, metadata?.annotations?.[COST]]),
  );

/** Says of a pod what a kubelet would. */
async function run(pod: string, address: string, readySince: string): Promise<void> {
  const conditions = ['Ready', 'ContainersReady'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: readySince,
  }));
  const status = { phase: 'Running', podIP: address, podIPs: [{ ip: address }], conditions };
  await sandbox.kubectl([
    ...['patch', 'pod', pod, '--subresource=status', '--type=merge'],
    ...['-p', JSON.stringify({ status })],
  ]);
}

/** Says of the autoscaler what it would with metrics that are low. */
async function wantFewer(): Promise<void> {
  const condition = {
    type: 'AbleToScale',
    status: 'True',
    reason: 'ScaleDownStabilized',
    message: 'recent recommendations were higher than current one',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  const status = { currentReplicas: 2, desiredReplicas: 2, conditions: [condition] };
  await sandbox.kubectl([
    ...['patch', 'hpa', 'chat-server', '--subresource=status', '--type=merge'],
    ...['-p', JSON.stringify({ status })],
  ]);
}

beforeAll(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
  operator = await startOperator(sandbox);
  await sandbox.apply({ autoscaling: { min: 1, max: 4 } });
  await sandbox.condition('Applied', { status: 'True' });
  await sandbox.kubectl(['scale', 'deployment', 'chat-server', '--replicas=2']);
  const names = await waitFor('two pods', async () => {
    const found = (await pods()).map(({ metadata }) => metadata?.name ?? '');
    return found.length === 2 ? found : undefined;
  });
  for (const host of ADDRESSES) servers.push(await startReplica({ host }, {}, 8_000));
  // Without costs the one that is ready for less time goes: the first, which has the most clients.
  await run(names[0] ?? '', ADDRESSES[0] ?? '', '2026-01-02T00:00:00Z');
  await run(names[1] ?? '', ADDRESSES[1] ?? '', '2026-01-01T00:00:00Z');
  for (const host of [ADDRESSES[0], ADDRESSES[0], ADDRESSES[0], ADDRESSES[1]])
    clients.push(await TestClient.connect(`ws://${host}:8000/ws`));
});
afterAll(async () => {
  await operator.stop();
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all(servers.map((server) => server.drain()));
});

describe('GIVEN two pods, of which the older has fewer clients', () => {
  it('WHEN the autoscaler is satisfied THEN no cost is written', async () => {
    await sandbox.apply({ autoscaling: { min: 1, max: 4 }, retention: 'Delete' });
    await sandbox.condition('Applied', { status: 'True', observedGeneration: 2 });
    expect(await costs()).toEqual({ [`${ADDRESSES[0]}`]: undefined, [`${ADDRESSES[1]}`]: undefined });
  });

  it('WHEN it is about to take one away THEN each pod says what it would cost, and the one with the fewest goes', async () => {
    await wantFewer();
    await waitFor('the costs', async () =>
      Object.values(await costs()).every((cost) => cost !== undefined) ? true : undefined,
    );
    expect(await costs()).toEqual({ [`${ADDRESSES[0]}`]: '3', [`${ADDRESSES[1]}`]: '1' });
    await sandbox.kubectl(['scale', 'deployment', 'chat-server', '--replicas=1']);
    await waitFor('one pod', async () => ((await pods()).length === 1 ? true : undefined));
    expect(await costs()).toEqual({ [`${ADDRESSES[0]}`]: '3' });
  });
});
