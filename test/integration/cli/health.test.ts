import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { ObjectHealth } from '../../../src/delivery/cluster/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';
import { Sandbox } from '../operator/sandbox.ts';
import { LogNode } from './log-node.ts';
import { tidegate } from './tidegate.ts';

// Kubernetes' own controllers and its API server are real here. What the scheduler, kubelets, provisioners and gateways
// would say is written into the status of real objects.
const kubeconfig = inject('kubeconfig');
let sandbox: Sandbox;

/** What `tidegate status` tells of an object, or of the one pod whose name begins so. */
async function healthOf(
  kind: string,
  name: string,
): Promise<Omit<ObjectHealth, 'kind' | 'name'> | undefined> {
  const args = ['status', 'chat', '-n', sandbox.namespace, '--kubeconfig', kubeconfig, '-o', 'json'];
  const { objects } = JSON.parse((await tidegate(args)).stdout) as { objects: readonly ObjectHealth[] };
  const found = objects.find((one) => one.kind === kind && one.name.startsWith(name));
  if (found === undefined) return undefined;
  const { kind: _kind, name: _name, ...health } = found;
  return health;
}

async function patchStatus(what: readonly string[], status: object): Promise<void> {
  const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
  await sandbox.kubectl(['patch', ...what, ...patch]);
}

/** An event about an object, as a component of Kubernetes records it. */
async function record(kind: string, name: string, reason: string, message: string, type = 'Warning') {
  const object = await sandbox.get(kind, name);
  const { namespace, uid } = object?.metadata ?? {};
  await sandbox.kubectl(['create', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${name}.` },
    involvedObject: { apiVersion: object?.apiVersion, kind: object?.kind, name, namespace, uid },
    ...{ reason, message, type },
    ...{ firstTimestamp: new Date().toISOString(), lastTimestamp: new Date().toISOString() },
    source: { component: 'test' },
  });
}

const SCHEDULED = { type: 'PodScheduled', status: 'True' };
const container = (name: string, state: object, more: object = {}) => ({
  name,
  ...{ image: `example.com/${name}:1`, imageID: '', ready: false, restartCount: 0, state },
  ...more,
});

/** The pod of the one replica of Redis. */
const REDIS = ['pod', 'chat-redis-0'];

beforeAll(async () => {
  sandbox = await Sandbox.create(kubeconfig);
  const namespace = sandbox.namespace;
  const spec = { route: { ingress: { className: 'contour' }, gateway: { name: 'public' } } };
  const directory = mkdtempSync(join(tmpdir(), 'tidegate-health-'));
  const file = join(directory, 'chat.json');
  writeFileSync(file, JSON.stringify({ ...environment(spec), metadata: { name: 'chat', namespace } }));
  const up = await tidegate(['up', file, '--kubeconfig', kubeconfig, '--no-wait']);
  rmSync(directory, { recursive: true });
  expect(up).toMatchObject({ status: 0 });
  await waitFor('the pod of Redis', () => sandbox.get('pod', 'chat-redis-0'));
});

describe('GIVEN a pod that no node takes', () => {
  it.each([
    [
      '0/3 nodes are available: 3 Insufficient cpu.',
      'Add a node, or lower the requests under resources in the spec',
    ],
    [
      'pod has unbound immediate PersistentVolumeClaims.',
      'See to the PersistentVolumeClaim, then it is scheduled',
    ],
    [
      '0/1 nodes are available: 1 node(s) had untolerated taint {gpu: true}.',
      'Correct spec.server.scheduling, or label or add a node',
    ],
  ])('WHEN the scheduler says %j THEN the remedy fits', async (message, remedy) => {
    await patchStatus(REDIS, {
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
    });
    const reason = `No node takes it: ${message.replace(/\.$/, '')}`;
    expect(await healthOf('Pod', 'chat-redis-0')).toEqual({ state: 'stuck', reason, remedy });
    expect(await healthOf('StatefulSet', 'chat-redis')).toEqual({
      state: 'stuck',
      reason: `0 of 1 ready, 1 updated; Pod chat-redis-0: ${reason}`,
      remedy,
    });
  });
});

describe('GIVEN a pod on a node', () => {
  it('WHEN its image cannot be pulled THEN the image and the reason are told', async () => {
    const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "example.com/redis:1"' };
    await patchStatus(REDIS, {
      phase: 'Pending',
      conditions: [SCHEDULED],
      containerStatuses: [container('redis', { waiting })],
    });
    expect(await healthOf('Pod', 'chat-redis-0')).toEqual({
      state: 'stuck',
      reason:
        'Image example.com/redis:1 of container redis cannot be pulled: ImagePullBackOff: Back-off pulling image "example.com/redis:1"',
      remedy: 'Correct the image in the spec, push it, or name a pull secret in spec.server.imagePullSecrets',
    });
  });

  it('WHEN a key of a Secret is missing THEN the Secret is named', async () => {
    const message = `couldn't find key password in Secret ${sandbox.namespace}/chat-redis`;
    await patchStatus(REDIS, {
      containerStatuses: [container('redis', { waiting: { reason: 'CreateContainerConfigError', message } })],
    });
    expect(await healthOf('Pod', 'chat-redis-0')).toEqual({
      state: 'stuck',
      reason: `Container redis cannot be made: ${message}`,
      remedy:
        'Create Secret chat-redis with the key that is asked for; tidegate secrets ensure makes generated ones',
    });
  });

  it('WHEN a Secret cannot be mounted THEN the event of the kubelet is told', async () => {
    await patchStatus(REDIS, {
      containerStatuses: [container('redis', { waiting: { reason: 'ContainerCreating' } })],
    });
    const message = 'MountVolume.SetUp failed for volume "password" : secret "chat-redis" not found';
    await record('pod', 'chat-redis-0', 'FailedMount', message);
    expect(await healthOf('Pod', 'chat-redis-0')).toEqual({
      state: 'stuck',
      reason: message,
      remedy:
        'Create Secret chat-redis with the key that is asked for; tidegate secrets ensure makes generated ones',
    });
  });

  it('WHEN a probe fails THEN what it answered is told', async () => {
    await patchStatus(REDIS, {
      phase: 'Running',
      containerStatuses: [container('redis', { running: {} }, { started: true })],
    });
    await record('pod', 'chat-redis-0', 'Unhealthy', 'Readiness probe failed: LOADING Redis is loading');
    expect(await healthOf('Pod', 'chat-redis-0')).toEqual({
      state: 'waiting',
      reason: 'Container redis runs and is not ready: Readiness probe failed: LOADING Redis is loading',
      remedy: `See tidegate logs chat -n ${sandbox.namespace} --component redis`,
    });
  });

  it('WHEN it is killed for want of memory THEN the limit is to be raised', async () => {
    const terminated = { exitCode: 137, reason: 'OOMKilled' };
    const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' };
    await patchStatus(REDIS, {
      containerStatuses: [container('redis', { waiting }, { restartCount: 3, lastState: { terminated } })],
    });
    expect(await healthOf('Pod', 'chat-redis-0')).toMatchObject({
      state: 'stuck',
      reason: 'Container redis was killed for want of memory, after 3 times started again',
      remedy: 'Raise its memory limit in the spec',
    });
  });
});

describe('GIVEN a container that fails again and again', () => {
  it('WHEN its node has its log THEN the last lines are told', async () => {
    const written = Array.from({ length: 9 }, (_, line) => `line ${line}`);
    const node = await LogNode.start(new Map([['chat-server-crashing', `${written.join('\n')}\n`]]));
    try {
      const metadata = { name: sandbox.namespace };
      await sandbox.kubectl(['create', '-f', '-'], { apiVersion: 'v1', kind: 'Node', metadata });
      await patchStatus(['node', sandbox.namespace], {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: node.port } },
      });
      const labels = { 'app.kubernetes.io/instance': 'chat', 'app.kubernetes.io/component': 'server' };
      await sandbox.kubectl(['create', 'serviceaccount', 'default']).catch(() => {});
      await sandbox.kubectl(['create', '-f', '-'], {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'chat-server-crashing', labels },
        spec: { nodeName: sandbox.namespace, containers: [{ name: 'server', image: 'any' }] },
      });
      const terminated = { exitCode: 1, reason: 'Error' };
      const waiting = { reason: 'CrashLoopBackOff' };
      await patchStatus(['pod', 'chat-server-crashing'], {
        phase: 'Running',
        conditions: [SCHEDULED],
        containerStatuses: [container('server', { waiting }, { restartCount: 1, lastState: { terminated } })],
      });
      expect(await healthOf('Pod', 'chat-server-crashing')).toEqual({
        state: 'stuck',
        reason: 'Container server ended with exit code 1, after once started again',
        remedy: `See tidegate logs chat -n ${sandbox.namespace} --previous`,
        log: written.slice(-5),
      });
    } finally {
      await sandbox.kubectl(['delete', 'pod', 'chat-server-crashing', '--force', '--grace-period=0']);
      await sandbox.kubectl(['delete', 'node', sandbox.namespace]);
      await node.stop();
    }
  });
});

describe('GIVEN a volume that is not bound', () => {
  it('WHEN there is no StorageClass THEN that is told', async () => {
    const told = await waitFor('the volume controller to say so', async () => {
      const health = await healthOf('PersistentVolumeClaim', 'chat-redis-data');
      return health?.state === 'stuck' ? health : undefined;
    });
    expect(told).toEqual({
      state: 'stuck',
      reason: 'no persistent volumes available for this claim and no storage class is set',
      remedy: 'Make a StorageClass the default one, or set storageClassName in the spec',
    });
  });

  it('WHEN its provisioner waits for a pod THEN it is on its way', async () => {
    const name = 'chat-postgres-data';
    await waitFor('the event before', async () =>
      (await healthOf('PersistentVolumeClaim', name))?.state === 'stuck' ? true : undefined,
    );
    const message = 'waiting for first consumer to be created before binding';
    await record('pvc', name, 'WaitForFirstConsumer', message, 'Normal');
    expect(await healthOf('PersistentVolumeClaim', name)).toEqual({
      state: 'waiting',
      reason: message,
      remedy: '',
    });
  });
});

describe('GIVEN a namespace with a quota that is used up', () => {
  it('WHEN pods are refused THEN the quota is told', async () => {
    await sandbox.kubectl(['create', 'quota', 'none', '--hard=pods=1']);
    await waitFor('the quota to count', async () => {
      const quota = await sandbox.get<{ status?: { used?: { pods?: string } } }>('quota', 'none');
      return quota?.status?.used?.pods === undefined ? undefined : true;
    });
    await sandbox.kubectl(['delete', 'pod', '-l', 'app.kubernetes.io/component=server']);
    const told = await waitFor('the Deployment to say so', async () => {
      const health = await healthOf('Deployment', 'chat-server');
      return health?.reason.includes('quota') ? health : undefined;
    });
    expect(told).toMatchObject({
      state: 'stuck',
      remedy: 'Raise the ResourceQuota of the namespace, or lower the requests in the spec',
    });
    expect(told.reason).toMatch(
      /^0 of \d ready, 0 updated; no pod is created: pods "chat-server-\S+" is forbidden: exceeded quota: none/,
    );
  });
});

describe('GIVEN a route', () => {
  const answer = (conditions: readonly object[]) =>
    patchStatus(['httproute', 'chat'], {
      parents: [
        {
          parentRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public' },
          controllerName: 'example.com/gateway',
          conditions: conditions.map((one) => ({ ...one, lastTransitionTime: '2026-01-01T00:00:00Z' })),
        },
      ],
    });

  it('WHEN no Gateway has looked at it THEN it waits', async () => {
    expect(await healthOf('HTTPRoute', 'chat')).toEqual({
      state: 'waiting',
      reason: `Gateway ${sandbox.namespace}/public has not accepted it yet`,
      remedy: 'See that the Gateway is there and that a controller serves its class: tidegate doctor',
    });
  });

  it('WHEN the Gateway refuses it THEN its reason is told', async () => {
    const message = 'No listener admits this host';
    await answer([{ type: 'Accepted', status: 'False', reason: 'NoMatchingListenerHostname', message }]);
    expect(await healthOf('HTTPRoute', 'chat')).toEqual({
      state: 'stuck',
      reason: `Gateway ${sandbox.namespace}/public does not accept it: ${message}`,
      remedy:
        'Let a listener of the Gateway admit the host and the namespace, or name another in spec.route.gateway',
    });
  });

  it('WHEN the Gateway accepts it THEN it is ready', async () => {
    const reason = { reason: 'Accepted', message: '' };
    await answer([
      { type: 'Accepted', status: 'True', ...reason },
      { type: 'ResolvedRefs', status: 'True', ...reason },
    ]);
    expect(await healthOf('HTTPRoute', 'chat')).toEqual({ state: 'ready', reason: 'Accepted', remedy: '' });
  });

  it('WHEN the Gateway accepted an older spec THEN it waits', async () => {
    await answer([
      { type: 'Accepted', status: 'True', reason: 'Accepted', message: '', observedGeneration: 0 },
    ]);
    expect(await healthOf('HTTPRoute', 'chat')).toEqual({
      state: 'waiting',
      reason: `Gateway ${sandbox.namespace}/public has not seen the newest spec yet`,
      remedy: '',
    });
  });

  it('WHEN its Ingress has no address THEN it is ready, and says where to look', async () => {
    expect(await healthOf('Ingress', 'chat')).toEqual({
      state: 'ready',
      reason: 'No address is reported',
      remedy: 'If clients cannot connect, see that a controller serves the class contour: tidegate doctor',
    });
    await patchStatus(['ingress', 'chat'], { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } });
    expect(await healthOf('Ingress', 'chat')).toEqual({ state: 'ready', reason: '192.0.2.1', remedy: '' });
  });
});
