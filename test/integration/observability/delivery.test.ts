import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { applyCustomResources, prometheusOperator } from '../../cluster/custom-resources.ts';
import { kubectlFor } from '../../cluster/kubectl.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';
import { type RunningOperator, Sandbox, startOperator } from '../operator/sandbox.ts';

const kubeconfig = inject('kubeconfig');
const observability = {
  monitor: { labels: { release: 'kube-prometheus' } },
  alerts: { labels: { release: 'kube-prometheus' } },
  dashboard: {},
};
const SEEN = ['ConfigMap/chat-dashboard', 'PodMonitor/chat-server', 'PrometheusRule/chat-server'];

let sandbox: Sandbox;
let operator: RunningOperator;

beforeAll(async () => {
  sandbox = await Sandbox.create(kubeconfig);
  operator = await startOperator(sandbox);
});
afterAll(async () => {
  await operator.stop();
  // Other tests find the cluster as it was.
  const files = (await prometheusOperator()).map((file) => `--filename=${file}`);
  await (await kubectlFor(kubeconfig))(['delete', '--ignore-not-found', ...files]);
});

/** What of it the operator has delivered. */
async function delivered(): Promise<readonly string[]> {
  const found = await Promise.all(
    SEEN.map(async (one) => {
      const [kind = '', name = ''] = one.split('/');
      const object = await sandbox.get(kind.toLowerCase(), name);
      return object?.metadata.labels?.['app.kubernetes.io/managed-by'] === 'tidegate-operator' ? [one] : [];
    }),
  );
  return found.flat();
}

describe('GIVEN a cluster without the Prometheus Operator', () => {
  it('WHEN an environment asks for its kinds THEN all else is delivered, and a condition says what lacks', async () => {
    await sandbox.apply({ observability });
    expect(await sandbox.condition('Degraded', { status: 'True', reason: 'KindNotServed' })).toMatchObject({
      message:
        'The cluster does not serve PodMonitor of monitoring.coreos.com/v1; ' +
        'The cluster does not serve PrometheusRule of monitoring.coreos.com/v1',
    });
    expect(await sandbox.get('deployment', 'chat-server')).toBeDefined();
    expect(await sandbox.get('configmap', 'chat-dashboard')).toBeDefined();
  });

  it('WHEN it is installed THEN they are delivered', async () => {
    await applyCustomResources(kubeconfig, await prometheusOperator());
    await sandbox.condition('Degraded', { status: 'False' });
    expect(await delivered()).toEqual(SEEN);
  });

  it('WHEN the environment asks for them no more THEN they go', async () => {
    await sandbox.apply();
    await waitFor('monitor, alerts and dashboard to go', async () =>
      (await delivered()).length === 0 ? true : undefined,
    );
  });
});

describe('GIVEN the custom resources of the Prometheus Operator', () => {
  it('WHEN a real API server is given what is rendered THEN it takes each object, strictly', async () => {
    await applyCustomResources(kubeconfig, await prometheusOperator());
    const { namespace } = sandbox;
    const items = render(
      parse({ ...environment({ observability }), metadata: { name: 'strict', namespace } }),
    ).filter(({ kind, metadata }) => SEEN.includes(`${kind}/${metadata.name.replace('strict', 'chat')}`));
    const strictly = ['--server-side', '--validate=strict', '--dry-run=server', '-o', 'name', '-f', '-'];
    const taken = await sandbox.kubectl(['apply', ...strictly], { apiVersion: 'v1', kind: 'List', items });
    expect(taken.trim().split('\n')).toEqual([
      'podmonitor.monitoring.coreos.com/strict-server',
      'prometheusrule.monitoring.coreos.com/strict-server',
      'configmap/strict-dashboard',
    ]);
  });
});
