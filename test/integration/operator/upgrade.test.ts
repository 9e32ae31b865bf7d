import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { crd } from '../../../src/spec/index.ts';
import { applyCustomResources, installCustomResources } from '../../cluster/custom-resources.ts';
import { LaterVersion } from '../../later-version.ts';
import { more } from './no-op-run.ts';
import { type RestartableApiServer, startApiServer } from './restartable-api-server.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

const RESYNC = { timing: { resyncMs: 100 } };
let later: LaterVersion;
let apiServer: RestartableApiServer;
let sandbox: Sandbox;
let operator: RunningOperator;

beforeAll(async () => {
  later = new LaterVersion();
  apiServer = await startApiServer();
  await installCustomResources(apiServer.kubeconfig);
  sandbox = await Sandbox.create(apiServer.kubeconfig);
  operator = await startOperator(sandbox, RESYNC);
  await sandbox.apply();
  await sandbox.condition('Applied', { status: 'True' });
  await more(operator, 3);
});
afterAll(async () => {
  await operator.stop();
  await apiServer.stop();
  later.remove();
});

const WORKLOADS = ['deployment/chat-server', 'statefulset/chat-redis', 'statefulset/chat-postgres'];

/** Versions of everything that makes pods: the API server raises one with each write that changes something. */
async function generations(): Promise<readonly (number | undefined)[]> {
  const found = await Promise.all(
    WORKLOADS.map((one) => sandbox.get(...(one.split('/') as [string, string]))),
  );
  return found.map((one) => one?.metadata.generation);
}

/** What operators write while another one takes over and looks at everything again. */
async function writesOf(takeOver: () => Promise<RunningOperator>): Promise<readonly string[]> {
  await operator.stop();
  const before = apiServer.audit.writes().length;
  operator = await takeOver();
  await more(operator, 5);
  return apiServer.audit
    .writes()
    .slice(before)
    .map(({ objectRef, userAgent }) => {
      return `${userAgent.split(' ')[0]} ${objectRef.resource}/${objectRef.subresource ?? objectRef.name}`;
    });
}

const startLater = async () =>
  startOperator(sandbox, {
    ...RESYNC,
    ...(await later.import<typeof import('../../../src/operator/run.ts')>('operator/run.ts')),
  });
const imageOf = async () =>
  (await sandbox.get<KubeObject & { spec: { server: { image: string } } }>('rte', 'chat'))?.spec.server.image;

describe('GIVEN an environment that this version has delivered', () => {
  it('WHEN the operator is upgraded with its custom resources THEN it writes nothing at all', async () => {
    const before = await generations();
    const image = await imageOf();
    const spec = await later.import<typeof import('../../../src/spec/index.ts')>('spec/index.ts');
    await applyCustomResources(apiServer.kubeconfig, [], spec.crd());
    expect(await writesOf(startLater)).toEqual([]);
    await sandbox.apply();
    await more(operator, 5);
    expect(await generations()).toEqual(before);
    expect(await imageOf()).toBe(image);
  });

  it('WHEN the operator alone goes back THEN it names what it does not know, and leaves the pods as they are', async () => {
    const before = await generations();
    const writes = await writesOf(() => startOperator(sandbox, RESYNC));
    expect(new Set(writes.map((write) => write.split(' ')[1]))).toEqual(
      new Set(['realtimeenvironments/status', expect.stringMatching(/^events\//)]),
    );
    expect(await sandbox.condition('FieldsIgnored', { status: 'True' })).toMatchObject({
      reason: 'UnknownFields',
      message:
        `TG1481: This operator does not know these fields, and goes without them: spec.${later.setting}. ` +
        'Upgrade the operator to the version of the custom resources, or remove the fields.',
    });
    await sandbox.condition('Degraded', { status: 'False' });
    expect(await generations()).toEqual(before);
  });

  it('WHEN it changes meanwhile THEN the change is applied all the same', async () => {
    await sandbox.apply({ config: { GREETING: 'Hello' }, server: { settings: { limits: { later: 9 } } } });
    const { generation } = (await sandbox.get('rte', 'chat'))?.metadata ?? {};
    await sandbox.condition('Applied', {
      status: 'True',
      ...(generation && { observedGeneration: generation }),
    });
    const deployment = JSON.stringify(await sandbox.get('deployment', 'chat-server'));
    expect(deployment).toContain('GREETING');
    const settings = await sandbox.get<KubeObject & { data: Record<string, string> }>(
      'configmap',
      'chat-server',
    );
    expect(settings?.data['settings.yaml']).not.toContain('later');
  });

  it('WHEN the newer operator is back THEN every field is known, and what was set meanwhile is delivered', async () => {
    const writes = await writesOf(startLater);
    expect(writes).toContain(`tidegate-operator/${later.version} configmaps/chat-server`);
    await sandbox.condition('FieldsIgnored', { status: 'False', reason: 'FieldsKnown' });
    const settings = await sandbox.get<KubeObject & { data: Record<string, string> }>(
      'configmap',
      'chat-server',
    );
    expect(settings?.data['settings.yaml']).toContain('later: 9');
  });

  it('WHEN operator and custom resources go back THEN the environment is as it was, and nobody asks for more', async () => {
    await sandbox.apply();
    await more(operator, 5);
    await applyCustomResources(apiServer.kubeconfig, [], crd());
    await writesOf(() => startOperator(sandbox, RESYNC));
    await sandbox.condition('Degraded', { status: 'False' });
    await more(operator, 5);
    const settled = apiServer.audit.writes().length;
    await more(operator, 5);
    expect(apiServer.audit.writes().slice(settled)).toEqual([]);
  });
});
