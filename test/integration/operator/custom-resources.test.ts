import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { installCustomResources } from '../../cluster/custom-resources.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

const CRD = 'customresourcedefinition/realtimeenvironments.tidegate.dev';

let sandbox: Sandbox;
let operator: RunningOperator;

beforeAll(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
  operator = await startOperator(sandbox);
});
afterAll(async () => {
  await operator.stop();
  await installCustomResources(inject('kubeconfig'));
});

describe('GIVEN a cluster whose CRD checks less than the operator, as an older one would', () => {
  it('WHEN a spec breaks a rule THEN a condition says which, and others are reconciled', async () => {
    const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    const path = '/spec/versions/0/schema/openAPIV3Schema';
    const relax = JSON.stringify([{ op: 'replace', path, value: schema }]);
    await sandbox.kubectl(['patch', CRD, '--type=json', '-p', relax]);
    await waitFor('the CRD to be relaxed', async () => {
      await sandbox.apply({ autoscaling: { min: 5, max: 3 } });
      return true;
    });
    const { message } = await sandbox.condition('Ready', { status: 'False', reason: 'InvalidSpec' });
    expect(message).toBe(
      'TG1104 spec.autoscaling.min: autoscaling.min is more than autoscaling.max. ' +
        'Set autoscaling.min to at most autoscaling.max.',
    );
    expect(await sandbox.owned()).toEqual([]);
    expect((await sandbox.status()).observedGeneration).toBe(1);

    await sandbox.apply({}, 'talk');
    await sandbox.condition('Degraded', { status: 'False' }, 'talk');
    expect(await sandbox.owned()).toContain('Deployment/talk-server');
  });

  it('WHEN the spec is corrected THEN it is delivered', async () => {
    await sandbox.apply();
    await sandbox.condition('Degraded', { status: 'False' });
    expect(await sandbox.owned()).toContain('Deployment/chat-server');
  });
});

describe('GIVEN a cluster that does not serve HTTPRoute', () => {
  it('WHEN an environment wants a Gateway THEN a condition says so, until the kind is there', async () => {
    await sandbox.kubectl(['delete', 'customresourcedefinition', 'httproutes.gateway.networking.k8s.io']);
    await operator.stop();
    operator = await startOperator(sandbox);
    await sandbox.apply({ route: { gateway: { name: 'public' } } });
    await sandbox.condition('RouteReady', { status: 'False', reason: 'GatewayAPIMissing' });
    expect(await sandbox.get('deployment', 'chat-server')).toBeDefined();
    expect((await operator.page('/readyz')).status).toBe(200);

    await installCustomResources(inject('kubeconfig'));
    await sandbox.condition('RouteReady', { status: 'False', reason: 'NotAccepted' });
  });
});
