import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Construct } from 'constructs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import acme from '../../../examples/extension/tidegate.config.ts';
import type { Extension } from '../../../src/constructs/index.ts';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { operatorRules } from '../../../src/operator/index.ts';
import { applyCustomResources, prometheusOperator } from '../../cluster/custom-resources.ts';
import { kubectlFor } from '../../cluster/kubectl.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';
import { restricted } from './service-account.ts';

const PROBE = 'probes.monitoring.coreos.com';
const IMAGE = 'registry.acme.example/chat:1.4.0';
const URL = 'https://chat.example.com/healthz';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-extension-'));
let sandbox: Sandbox;
let kubeconfig: string;
let operator: RunningOperator;

const run = async (extension: Extension) => {
  operator = await startOperator(sandbox, { kubeconfig, extension });
};
const applied = (image = IMAGE) =>
  sandbox.apply({ server: { image }, autoscaling: { min: 1, max: 1 }, redis: { inProcess: {} } });

interface Probe extends KubeObject {
  readonly spec: { readonly targets: { readonly staticConfig: { readonly static: readonly string[] } } };
}
const probe = () => sandbox.get<Probe>(PROBE, 'chat-availability');
const probed = (what: string, url = URL) =>
  waitFor(what, async () => {
    const found = await probe();
    return found?.spec.targets.staticConfig.static[0] === url ? found : undefined;
  });

beforeAll(async () => {
  await applyCustomResources(inject('kubeconfig'), await prometheusOperator(['probes']));
  sandbox = await Sandbox.create(inject('kubeconfig'));
  // No other rights than those that follow from the extension.
  kubeconfig = await restricted(sandbox, operatorRules(acme), directory);
  await run(acme);
});
afterAll(async () => {
  await operator.stop();
  // Other tests count what is served.
  await (await kubectlFor(inject('kubeconfig')))(['delete', 'customresourcedefinition', PROBE]);
  rmSync(directory, { recursive: true });
});

describe('GIVEN an operator with the extension of the example, and the rights that follow from it', () => {
  it('WHEN an environment is applied THEN what the extension adds and replaces is there, and owned', async () => {
    await applied();
    await sandbox.condition('Applied', { status: 'True' });
    const { metadata } = await probed('the probe');
    expect(metadata.ownerReferences).toMatchObject([{ kind: 'RealtimeEnvironment', name: 'chat' }]);
    expect(metadata.labels).toMatchObject({ 'acme.example/cost-centre': '4711' });
    const pod = async (kind: string, name: string) => JSON.stringify(await sandbox.get(kind, name));
    expect(await pod('deployment', 'chat-server')).toContain('otel-collector:0.139.0');
    expect(await pod('statefulset', 'chat-postgres')).toContain(
      'shared_preload_libraries=pg_stat_statements',
    );
  });

  it('WHEN somebody changes or deletes the added object THEN it comes back', async () => {
    const target = { spec: { targets: { staticConfig: { static: ['https://elsewhere.example'] } } } };
    await sandbox.kubectl([
      'patch',
      PROBE,
      'chat-availability',
      '--type=merge',
      '-p',
      JSON.stringify(target),
    ]);
    const { metadata } = await probed('the probe as it was');
    await sandbox.kubectl(['delete', PROBE, 'chat-availability']);
    await waitFor('another probe', async () => {
      const found = await probe();
      return found !== undefined && found.metadata.uid !== metadata.uid ? found : undefined;
    });
  });

  it('WHEN an environment breaks a rule of the extension THEN a condition says so, and what runs stays', async () => {
    await applied('docker.io/library/chat:2');
    const { message } = await sandbox.condition('Ready', { status: 'False', reason: 'InvalidSpec' });
    expect(message).toBe(
      'ACME1001 spec.server.image: Clusters of Acme pull images from its own registry alone. ' +
        'Push the image to registry.acme.example/ and name it there.',
    );
    expect(JSON.stringify(await sandbox.get('deployment', 'chat-server'))).toContain(IMAGE);
    await applied();
    await sandbox.condition('Degraded', { status: 'False' });
  });
});

describe('GIVEN the next operator, with another extension', () => {
  it('WHEN that adds a kind it does not declare THEN a condition says which, and what runs stays', async () => {
    await operator.stop();
    await run({ ...acme, kinds: [] });
    const { message } = await sandbox.condition('Ready', { status: 'False', reason: 'ExtensionFailed' });
    expect(message).toContain(
      `TG1424 Probe ${sandbox.namespace}/chat-availability: The extension declares no Probe of monitoring.coreos.com/v1.`,
    );
    expect(await probe()).toBeDefined();
  });

  it('WHEN that adds the object no more THEN it is pruned, and nothing else goes', async () => {
    const before = await sandbox.owned();
    await operator.stop();
    const { extend: _, ...others } = acme;
    await run(others);
    await waitFor('the probe to be gone', async () => ((await probe()) === undefined ? true : undefined));
    expect(await sandbox.events()).toContain('Deleted Probe chat-availability, which left the environment');
    expect(await sandbox.owned()).toEqual(before);
    expect(JSON.stringify(operator.logs)).not.toContain('forbidden');
  });

  it('WHEN that has the database elsewhere THEN its own goes, and a condition says that nobody observes the other', async () => {
    class Elsewhere extends Construct {
      readonly connection = { host: 'databases.infra.svc', port: 5432, database: 'chat', user: 'chat' };
    }
    await operator.stop();
    await run({ parts: { postgres: Elsewhere } });
    await sandbox.condition('DatabaseReady', { status: 'True', reason: 'FromExtension' });
    await waitFor('the StatefulSet to be gone', async () =>
      (await sandbox.get('statefulset', 'chat-postgres')) === undefined ? true : undefined,
    );
    expect(JSON.stringify(await sandbox.get('configmap', 'chat-server'))).toContain('databases.infra.svc');
  });
});
