import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../cluster/cluster.ts';
import { command } from '../cluster/command.ts';
import { type Kubectl, kubectlFor } from '../cluster/kubectl.ts';
import { CLUSTER_DIRECTORY, cgroupName, interfaceName } from '../cluster/layout.ts';
import { NODE_IMAGE } from '../cluster/node/image.ts';
import { isRunning } from '../cluster/sandbox/sandbox.ts';
import { readState } from '../cluster/state.ts';
import { up } from '../cluster/up.ts';
import { waitFor } from '../cluster/wait-for.ts';

let cluster: Cluster | undefined;
afterAll(() => cluster?.stop());

describe('GIVEN the local cluster', () => {
  it('WHEN pods run in it THEN names, volumes, policies, logs and metrics work as in any other', async () => {
    cluster = await up();
    const kubectl = await kubectlFor(cluster.kubeconfig);
    await kubectl(['apply', '-f', '-'], list([claim, server, service, client]));
    await kubectl(['wait', '--for=condition=Ready', '--timeout=60s', 'pod/server', 'pod/client']);

    await untilDialed(kubectl, 'connected');
    expect(await kubectl(['get', 'pvc/data', '-o', 'jsonpath={.status.phase}'])).toBe('Bound');
    expect(await kubectl(['logs', 'server'])).toBe('Listening on :8000\n');

    await kubectl(['apply', '-f', '-'], list([nobodyReachesTheServer]));
    await untilDialed(kubectl, 'refused');
    await kubectl(['delete', 'networkpolicy/nobody']);
    await untilDialed(kubectl, 'connected');
    const top = await waitFor(
      'metrics of the pods',
      () => kubectl(['top', 'pod', 'server', '--no-headers']),
      {
        seconds: 120,
        everyMilliseconds: 1000,
      },
    );
    expect(top).toMatch(/^server +\d+m +\d+Mi/);
  });

  it('WHEN its first process is killed THEN it comes up again, and once down leaves nothing behind', async () => {
    const crashed = readState(CLUSTER_DIRECTORY);
    if (crashed === undefined) throw new Error('The cluster has no state');
    process.kill(crashed.sandbox.pid, 'SIGKILL');
    cluster = await up();
    const { layout, sandbox } = readState(CLUSTER_DIRECTORY) ?? crashed;
    expect(isRunning(sandbox)).toBe(true);

    await cluster.stop();
    expect(isRunning(sandbox)).toBe(false);
    expect(await command('ip', ['-brief', 'link'])).not.toContain(interfaceName(layout));
    expect(await command('find', ['/sys/fs/cgroup', '-name', cgroupName(layout)])).toBe('');
    expect(await command('cat', ['/proc/mounts'])).not.toContain(CLUSTER_DIRECTORY);
    expect(existsSync(CLUSTER_DIRECTORY)).toBe(false);
  });
});

/** Services, names and policies take a moment to reach the node. */
async function untilDialed(kubectl: Kubectl, expected: 'connected' | 'refused'): Promise<void> {
  await waitFor(`the server to be ${expected}`, async () => {
    const dialed = kubectl(['exec', 'client', '--', '/probe', 'dial', 'server:8000']);
    const outcome = await dialed.then(
      () => 'connected',
      () => 'refused',
    );
    return outcome === expected || undefined;
  });
}

const list = (items: readonly object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

function pod(
  name: string,
  command: readonly string[],
  rest: { container?: object; pod?: object } = {},
): object {
  const container = {
    name: 'probe',
    image: NODE_IMAGE,
    imagePullPolicy: 'Never',
    command,
    ...rest.container,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: { containers: [container], ...rest.pod },
  };
}

const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
};
const server = pod('server', ['/probe', 'listen', ':8000'], {
  container: {
    readinessProbe: { tcpSocket: { port: 8000 }, periodSeconds: 1 },
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  },
  pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
});
const client = pod('client', ['/pause']);
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'server' },
  spec: { selector: { app: 'server' }, ports: [{ port: 8000 }] },
};
const nobodyReachesTheServer = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'nobody' },
  spec: { podSelector: { matchLabels: { app: 'server' } }, policyTypes: ['Ingress'] },
};
