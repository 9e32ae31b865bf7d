import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

const INGRESS = { ingress: { className: 'contour' } };
const GATEWAY = { gateway: { name: 'public' } };
const EXTERNAL_POSTGRES = {
  postgres: { external: { host: 'db.example.com' } },
  secrets: { postgres: { existing: { name: 'db', key: 'password' } } },
};

let sandbox: Sandbox;
let operator: RunningOperator;

beforeEach(async () => {
  sandbox = await Sandbox.create(inject('kubeconfig'));
  operator = await startOperator(sandbox);
});
afterEach(() => operator.stop());

const gone = (kind: string, name: string) =>
  waitFor(`${kind} ${name} to be gone`, async () =>
    (await sandbox.get(kind, name)) === undefined ? true : undefined,
  );
const applied = async (generation: number) => {
  await waitFor(`generation ${generation} to be observed`, async () =>
    (await sandbox.status()).observedGeneration === generation ? true : undefined,
  );
};

describe('GIVEN an environment with a Redis of its own', () => {
  it('WHEN it changes to the in-process broker THEN what left the tree is deleted, and nothing else', async () => {
    await sandbox.apply({ autoscaling: { min: 1, max: 1 } });
    await applied(1);
    const before = await sandbox.owned();
    const stranger = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'stranger' } };
    const labels = { 'app.kubernetes.io/managed-by': 'tidegate-operator' };
    await sandbox.kubectl(['apply', '-f', '-'], { ...stranger, metadata: { ...stranger.metadata, labels } });

    await sandbox.apply({ autoscaling: { min: 1, max: 1 }, redis: { inProcess: {} } });
    await sandbox.condition('CacheReady', { status: 'True', reason: 'InProcess' });
    await gone('networkpolicy', 'chat-redis');
    const left = [
      'ConfigMap/chat-redis',
      'NetworkPolicy/chat-redis',
      'Service/chat-redis',
      'StatefulSet/chat-redis',
    ];
    expect(await sandbox.owned()).toEqual(
      [...before.filter((object) => !left.includes(object)), 'ConfigMap/stranger'].sort(),
    );
    expect(await sandbox.events()).toContain('Deleted StatefulSet chat-redis, which left the environment');
  });
});

describe('GIVEN an environment with both routes', () => {
  it('WHEN the Gateway accepts it and the Ingress leaves THEN RouteReady follows', async () => {
    await sandbox.apply({ route: { ...INGRESS, ...GATEWAY } });
    await sandbox.condition('RouteReady', { status: 'False', reason: 'NotAccepted' });
    const condition = {
      type: 'Accepted',
      status: 'True',
      reason: 'Accepted',
      message: '',
      lastTransitionTime: new Date(),
    };
    const parent = {
      parentRef: { name: 'public' },
      controllerName: 'example.com/gateway',
      conditions: [condition],
    };
    const patch = JSON.stringify({ status: { parents: [parent] } });
    await sandbox.kubectl([
      'patch',
      'httproute',
      'chat',
      '--subresource=status',
      '--type=merge',
      '-p',
      patch,
    ]);
    await sandbox.condition('RouteReady', { status: 'True' });

    await sandbox.apply({ route: GATEWAY });
    await gone('ingress', 'chat');
    await waitFor('the endpoint to leave', async () =>
      (await sandbox.status()).endpoints?.length === 1 ? true : undefined,
    );
    expect((await sandbox.status()).endpoints).toEqual([{ route: 'gateway', url: 'wss://chat.example.com' }]);
  });
});

describe('GIVEN an environment that references a Secret', () => {
  it('WHEN the Secret comes, without its key at first THEN SecretsReady follows', async () => {
    await sandbox.apply(EXTERNAL_POSTGRES);
    const missing = await sandbox.condition('SecretsReady', { status: 'False', reason: 'SecretMissing' });
    expect(missing.message).toBe('Secret db does not exist');
    await sandbox.kubectl(['create', 'secret', 'generic', 'db', '--from-literal=other=1']);
    const keyless = await sandbox.condition('SecretsReady', { status: 'False', reason: 'KeyMissing' });
    expect(keyless.message).toBe('Secret db has no key password');
    expect(keyless.lastTransitionTime).toBe(missing.lastTransitionTime);
    await sandbox.kubectl(['patch', 'secret', 'db', '-p', '{"stringData":{"password":"theirs"}}']);
    await sandbox.condition('SecretsReady', { status: 'True' });
    expect(await sandbox.get('secret', 'chat-postgres')).toBeUndefined();
  });

  it('WHEN a Secret with a generated name is there already THEN it is not touched', async () => {
    await sandbox.kubectl(['create', 'secret', 'generic', 'chat-redis', '--from-literal=password=mine']);
    await sandbox.apply();
    await sandbox.condition('SecretsReady', { status: 'True' });
    const secret = await sandbox.get('secret', 'chat-redis');
    expect(secret?.data).toEqual({ password: Buffer.from('mine').toString('base64') });
    expect(secret?.metadata.ownerReferences).toBeUndefined();
  });
});

describe('GIVEN an environment that keeps its volumes', () => {
  it('WHEN it is deleted THEN the PersistentVolumeClaims alone stay', async () => {
    await sandbox.apply();
    await applied(1);
    await sandbox.kubectl(['delete', 'rte', 'chat']);
    await waitFor('the garbage collector', async () =>
      (await sandbox.owned()).length === 2 ? true : undefined,
    );
    expect(await sandbox.owned()).toEqual([
      'PersistentVolumeClaim/chat-postgres-data',
      'PersistentVolumeClaim/chat-redis-data',
    ]);
  });

  it('WHEN it comes back THEN it takes the claim it had', async () => {
    await sandbox.apply();
    await applied(1);
    const before = await sandbox.get('pvc', 'chat-postgres-data');
    await sandbox.kubectl(['delete', 'rte', 'chat']);
    await gone('deployment', 'chat-server');
    await sandbox.apply();
    await sandbox.condition('Degraded', { status: 'False' });
    expect((await sandbox.get('pvc', 'chat-postgres-data'))?.metadata.uid).toBe(before?.metadata.uid);
  });

  it('WHEN Postgres leaves it THEN the claim stays', async () => {
    await sandbox.apply();
    await applied(1);
    await sandbox.apply(EXTERNAL_POSTGRES);
    await gone('statefulset', 'chat-postgres');
    expect(await sandbox.owned()).toContain('PersistentVolumeClaim/chat-postgres-data');
  });
});

describe('GIVEN an environment that deletes its volumes', () => {
  it('WHEN it is deleted THEN nothing stays', async () => {
    await sandbox.apply({ retention: 'Delete' });
    await applied(1);
    await sandbox.kubectl(['delete', 'rte', 'chat']);
    await waitFor('the garbage collector', async () =>
      (await sandbox.owned()).length === 0 ? true : undefined,
    );
  });

  it('WHEN it is deleted after its objects THEN none of them is created again meanwhile', async () => {
    await sandbox.apply({ retention: 'Delete' });
    await applied(1);
    await sandbox.kubectl(['delete', 'rte', 'chat', '--cascade=foreground']);
    expect(await sandbox.owned()).toEqual([]);
    expect(operator.logs.filter(({ event }) => event === 'Recreated')).toEqual([]);
  });

  it('WHEN it is to keep them from now on, and Postgres leaves it THEN the claim is released', async () => {
    await sandbox.apply({ retention: 'Delete' });
    await applied(1);
    expect((await sandbox.get('pvc', 'chat-postgres-data'))?.metadata.ownerReferences).toHaveLength(1);
    await sandbox.apply({ retention: 'Retain', ...EXTERNAL_POSTGRES });
    await waitFor('the claim to be released', async () => {
      const claim = await sandbox.get('pvc', 'chat-postgres-data');
      return claim?.metadata.ownerReferences === undefined ? claim : undefined;
    });
  });
});
