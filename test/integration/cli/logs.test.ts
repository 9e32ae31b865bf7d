import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Sandbox } from '../operator/sandbox.ts';
import { LogNode } from './log-node.ts';
import { tidegate } from './tidegate.ts';

const kubeconfig = inject('kubeconfig');
const written = new Map([
  ['chat-server-a', 'a1\na2\n'],
  ['chat-server-b', 'b1\nb2\n'],
  ['chat-redis-0', 'r1\n'],
]);
let sandbox: Sandbox;
let node: LogNode;

const args = (...more: readonly string[]) => [
  ...['logs', 'chat', '--kubeconfig', kubeconfig, '-n', sandbox.namespace],
  ...more,
];

/** A pod on the node that has started, as its kubelet would say. */
async function startPod(name: string): Promise<void> {
  const component = name.split('-')[1];
  const labels = { 'app.kubernetes.io/instance': 'chat', 'app.kubernetes.io/component': component };
  const spec = { nodeName: sandbox.namespace, containers: [{ name: 'main', image: 'any' }] };
  await sandbox.kubectl(['create', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec,
  });
  const run = {
    name: 'main',
    image: 'any',
    imageID: '',
    ready: true,
    restartCount: 0,
    state: { running: {} },
  };
  const status = JSON.stringify({ status: { phase: 'Running', containerStatuses: [run] } });
  await sandbox.kubectl(['patch', 'pod', name, '--subresource=status', '--type=merge', '-p', status]);
}

beforeAll(async () => {
  sandbox = await Sandbox.create(kubeconfig);
  node = await LogNode.start(written);
  // Pods need it, and its controller may be slower than this test, or quicker.
  await sandbox.kubectl(['create', 'serviceaccount', 'default']).catch(() => {});
  const metadata = { name: sandbox.namespace };
  await sandbox.kubectl(['create', '-f', '-'], { apiVersion: 'v1', kind: 'Node', metadata });
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: node.port } },
  };
  const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
  await sandbox.kubectl(['patch', 'node', sandbox.namespace, ...patch]);
  await startPod('chat-server-a');
  await startPod('chat-redis-0');
});
afterAll(async () => {
  await sandbox.kubectl(['delete', 'pods', '--all', '--force', '--grace-period=0']);
  await sandbox.kubectl(['delete', 'node', sandbox.namespace]);
  await node.stop();
});

describe('GIVEN an environment with pods', () => {
  it('WHEN one of the component runs THEN its lines are printed as they are', async () => {
    expect(await tidegate(args())).toEqual({ status: 0, stdout: 'a1\na2\n', stderr: '' });
    expect((await tidegate(args('--component', 'redis'))).stdout).toBe('r1\n');
  });

  it('WHEN they are followed THEN a pod that comes later is followed too', async () => {
    const child = spawn(process.execPath, ['src/cli/main.ts', ...args('--follow', '--tail', '1')]);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('chat-server-a  a2');
    await startPod('chat-server-b');
    expect((await lines.next()).value).toBe('chat-server-b  b2');
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    expect(await exited).toEqual([null, 'SIGINT']);
  });

  it('WHEN several run THEN each line has its pod', async () => {
    expect((await tidegate(args())).stdout).toBe(
      ['chat-server-a  a1', 'chat-server-a  a2', 'chat-server-b  b1', 'chat-server-b  b2', ''].join('\n'),
    );
  });

  it('WHEN there is no such container THEN one sentence says so', async () => {
    const { status, stderr } = await tidegate(args('--container', 'other'));
    expect([status, stderr.split(':').slice(0, 2).join()]).toEqual([
      1,
      `tidegate, TG6005 ${sandbox.namespace}/chat`,
    ]);
  });
});
