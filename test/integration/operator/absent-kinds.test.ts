import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

let sandbox: Sandbox;
let operator: RunningOperator;

beforeAll(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
  operator = await startOperator(sandbox);
});
afterAll(() => operator.stop());

describe('GIVEN a cluster without KEDA and without the policies of Envoy Gateway', () => {
  it('WHEN an environment wants both THEN a condition names them, and all else is applied', async () => {
    await sandbox.apply({
      route: { gateway: { name: 'public', implementation: 'envoy-gateway' } },
      autoscaling: { keda: {} },
      tasks: { module: 'app.ts' },
    });
    const { message } = await sandbox.condition('Degraded', { status: 'True', reason: 'KindNotServed' });
    expect(message.split('; ').sort()).toEqual([
      'The cluster does not serve BackendTrafficPolicy of gateway.envoyproxy.io/v1alpha1',
      'The cluster does not serve ScaledObject of keda.sh/v1alpha1',
    ]);
    expect(await sandbox.owned()).toEqual(
      expect.arrayContaining(['Deployment/chat-server', 'Deployment/chat-worker', 'HTTPRoute/chat']),
    );
  });

  it('WHEN it wants neither any more THEN nothing is wrong', async () => {
    await sandbox.apply();
    await sandbox.condition('Degraded', { status: 'False' });
    expect(await sandbox.owned()).toContain('HorizontalPodAutoscaler/chat-server');
    expect(await sandbox.owned()).not.toContain('Deployment/chat-worker');
  });
});
