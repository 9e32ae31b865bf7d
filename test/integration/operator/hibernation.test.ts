import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { command } from '../../cluster/command.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from '../server/client.ts';
import { ServerProcess } from '../server/server-process.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

/** Where the one pod that runs says it is; a real server is there. */
const ADDRESS = '127.77.0.2';
const PREVIEW = { lifecycle: { hibernate: { after: '1m' } }, autoscaling: { min: 2, max: 4 } };

let sandbox: Sandbox;
let operator: RunningOperator;
let server: ServerProcess;
let client: TestClient;
/** Ahead of the clock: an hour takes no time. */
let aheadMs = 0;
const directory = mkdtempSync(join(tmpdir(), 'tidegate-hibernation-'));

const start = () => startOperator(sandbox, { timing: { now: () => Date.now() + aheadMs, resyncMs: 200 } });
const replicas = async (kind: string, name: string) =>
  (await sandbox.get<KubeObject & { spec: { replicas: number } }>(kind, name))?.spec.replicas;
const numbers = async () => ({
  server: await replicas('deployment', 'chat-server'),
  redis: await replicas('statefulset', 'chat-redis'),
  postgres: await replicas('statefulset', 'chat-postgres'),
  autoscaler: (await sandbox.get('hpa', 'chat-server')) !== undefined,
});
const AWAKE = { server: 2, redis: 1, postgres: 1, autoscaler: true };
const ASLEEP = { server: 0, redis: 0, postgres: 0, autoscaler: false };
const settles = (expected: object) =>
  waitFor(`${JSON.stringify(expected)}`, async () =>
    JSON.stringify(await numbers()) === JSON.stringify(expected) ? true : undefined,
  );

/** Waits until it has been looked at so many times more. */
async function reconciled(times: number): Promise<void> {
  const count = async () => {
    const { text } = await operator.page('/metrics');
    const results = text.matchAll(/^controller_runtime_reconcile_total\{.*\} (\d+)$/gm);
    return [...results].reduce((sum, [, value]) => sum + Number(value), 0);
  };
  const before = await count();
  await waitFor(`${times} looks`, async () => ((await count()) >= before + times ? true : undefined));
}

async function runOnePod(): Promise<void> {
  const selector = ['-l', 'app.kubernetes.io/component=server', '-o', 'name'];
  const pod = await waitFor(
    'a pod',
    async () => (await sandbox.kubectl(['get', 'pods', ...selector])).split('\n')[0] || undefined,
  );
  const conditions = ['Ready', 'ContainersReady'].map((type) => ({ type, status: 'True' }));
  const status = { phase: 'Running', podIP: ADDRESS, podIPs: [{ ip: ADDRESS }], conditions };
  await sandbox.kubectl([
    ...['patch', pod, '--subresource=status', '--type=merge'],
    ...['-p', JSON.stringify({ status })],
  ]);
}

beforeAll(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
  server = await ServerProcess.start(['serve', '--host', ADDRESS, '--port', '8000'], {
    TIDEGATE_DATA_DIRECTORY: directory,
  });
  await waitFor('the server', async () =>
    (await fetch(`http://${ADDRESS}:8000/readyz`)).ok ? true : undefined,
  );
  client = await TestClient.connect(`ws://${ADDRESS}:8000/ws`);
  await sandbox.apply(PREVIEW);
  operator = await start();
  await runOnePod();
  await settles(AWAKE);
});
afterAll(async () => {
  await operator.stop();
  await server.kill();
  rmSync(directory, { recursive: true });
});

describe('GIVEN an environment that hibernates, with a client on a real server', () => {
  it('WHEN an hour passes with the client connected THEN it stays awake', async () => {
    aheadMs += 3_600_000;
    await sandbox.condition('Hibernated', { status: 'False', reason: 'Awake' });
    await reconciled(10);
    expect(await numbers()).toEqual(AWAKE);
    expect((await sandbox.status()).hibernation).toBeUndefined();
  });

  it('WHEN the client leaves for a minute THEN all pods go, the data stays, and it says that it sleeps', async () => {
    await client.close();
    aheadMs += 60_000;
    await waitFor('it to be idle', async () => (await sandbox.status()).hibernation?.idleSince);
    aheadMs += 60_000;
    await settles(ASLEEP);
    await sandbox.condition('Hibernated', { status: 'True', reason: 'Idle' });
    const { message } = await sandbox.condition('Ready', { status: 'False', reason: 'Hibernated' });
    expect(message).toBe('It is asleep, and its data is kept');
    await sandbox.condition('Degraded', { status: 'False' });
    expect(await sandbox.get('pvc', 'chat-postgres-data')).toBeDefined();
    const line = (await sandbox.kubectl(['get', 'rte', 'chat'])).split('\n');
    expect(line[0]).toMatch(/^NAME +READY +REASON +ASLEEP +REPLICAS +HOST +AGE$/);
    expect(line[1]).toMatch(/^chat +False +Hibernated +True +0 +chat\.example\.com /);
    expect(await sandbox.events()).toContainEqual(
      expect.stringMatching(/^RealtimeEnvironment chat fell asleep/),
    );
  });

  it('WHEN another operator takes over, and time passes THEN it sleeps on and nothing is written', async () => {
    await operator.stop();
    operator = await start();
    const writes = await operator.requests('PATCH', 'POST', 'DELETE');
    aheadMs += 3_600_000;
    await reconciled(10);
    expect(await numbers()).toEqual(ASLEEP);
    expect(await operator.requests('PATCH', 'POST', 'DELETE')).toBe(writes);
  });

  it('WHEN somebody scales it up meanwhile THEN that is taken back', async () => {
    await sandbox.kubectl(['scale', 'deployment', 'chat-server', '--replicas=3']);
    await settles(ASLEEP);
  });

  it('WHEN tidegate wake is called THEN it comes back with its fewest replicas, and says so', async () => {
    const args = ['src/cli/main.ts', 'wake', 'chat', '--namespace', sandbox.namespace];
    const said = await command(process.execPath, [...args, '--kubeconfig', sandbox.kubeconfig]);
    expect(said).toBe(
      `${sandbox.namespace}/chat wakes up; tidegate status chat -n ${sandbox.namespace} tells when it is ready\n`,
    );
    await settles(AWAKE);
    await sandbox.condition('Hibernated', { status: 'False', reason: 'Awake' });
    expect(await sandbox.events()).toContain('RealtimeEnvironment chat woke up');
    expect(await command(process.execPath, [...args, '--kubeconfig', sandbox.kubeconfig])).toBe(
      `${sandbox.namespace}/chat is awake\n`,
    );
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'it is annotated',
      () => sandbox.kubectl(['annotate', 'rte', 'chat', '--overwrite', 'tidegate.dev/wake=again']),
    ],
    ['its spec changes', () => sandbox.apply({ ...PREVIEW, config: { GREETING: 'hello' } })],
    ['it is not to sleep any more', () => sandbox.apply({ autoscaling: PREVIEW.autoscaling })],
  ])('WHEN it sleeps again and %s THEN it wakes', async (_, act) => {
    aheadMs += 60_000;
    await waitFor('it to be idle', async () => (await sandbox.status()).hibernation?.idleSince);
    aheadMs += 120_000;
    await settles(ASLEEP);
    await sandbox.condition('Hibernated', { status: 'True' });
    await act();
    await settles(AWAKE);
    await sandbox.condition('Hibernated', { status: 'False' });
  });
});
