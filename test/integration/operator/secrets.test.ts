import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { SecretsCluster } from './secrets-cluster.ts';

let cluster: SecretsCluster;

beforeAll(async () => {
  cluster = await SecretsCluster.start();
});
afterAll(() => cluster.stop());

const SOURCE = 'a-password-that-is-copied-from-elsewhere';

async function source(value: string, consent: string | undefined): Promise<void> {
  await cluster.kubectl(['apply', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'shared',
      namespace: 'infra',
      annotations: consent === undefined ? {} : { 'tidegate.dev/copy-to': consent },
    },
    stringData: { password: value },
  });
}

const equals = (name: string, key: string, value: string) =>
  waitFor(`${name} to follow`, async () => ((await cluster.data(name))[key] === value ? true : undefined));

describe('GIVEN an environment whose Redis password is a Secret of another namespace', () => {
  const spec = {
    secrets: { redis: { copy: { from: { namespace: 'infra', name: 'shared', key: 'password' } } } },
  };

  it('WHEN there is no such Secret, or its owner has not said yes THEN a condition tells, and nothing is copied', async () => {
    await cluster.kubectl(['create', 'namespace', 'infra']);
    await cluster.sandbox.apply(spec);
    await cluster.sandbox.condition('Degraded', { status: 'True', reason: 'CopySourceMissing' });
    await source(SOURCE, 'other, third/chat');
    const { message } = await cluster.sandbox.condition('Degraded', {
      status: 'True',
      reason: 'CopyRefused',
    });
    const { namespace } = cluster.sandbox;
    expect(message).toBe(
      `Secret infra/shared has no annotation tidegate.dev/copy-to that names ${namespace}/chat`,
    );
    expect(await cluster.sandbox.get('secret', 'chat-redis-copy')).toBeUndefined();
  });

  it('WHEN its owner says yes THEN it is copied, and pods read the copy', async () => {
    await source(SOURCE, `other, ${cluster.sandbox.namespace}/chat`);
    await equals('chat-redis-copy', 'password', SOURCE);
    await cluster.sandbox.condition('Degraded', { status: 'False' });
    await cluster.sandbox.condition('SecretsReady', { status: 'True' });
    const volumes = await cluster.sandbox.kubectl([
      'get',
      'deployment',
      'chat-server',
      '-o',
      'jsonpath={.spec.template.spec.volumes[?(@.name=="secret-redis")].secret.secretName}',
    ]);
    expect(volumes).toBe('chat-redis-copy');
  });

  it('WHEN the source changes THEN the copy follows, and no pod template changes', async () => {
    const templates = () =>
      cluster.sandbox.kubectl(['get', 'deploy,sts', '-o', 'jsonpath={.items[*].metadata.generation}']);
    const before = await templates();
    await source(`${SOURCE}-2`, cluster.sandbox.namespace);
    await equals('chat-redis-copy', 'password', `${SOURCE}-2`);
    expect(await templates()).toBe(before);
  });

  it('WHEN somebody edits the copy THEN it is what the source is again', async () => {
    const edit = JSON.stringify({ stringData: { password: 'edited' } });
    await cluster.sandbox.kubectl(['patch', 'secret', 'chat-redis-copy', '--type=merge', '-p', edit]);
    await equals('chat-redis-copy', 'password', `${SOURCE}-2`);
  });

  it('WHEN its owner takes the yes back THEN the copy stays as it is and a condition tells', async () => {
    await source(`${SOURCE}-3`, undefined);
    await cluster.sandbox.condition('Degraded', { status: 'True', reason: 'CopyRefused' });
    expect((await cluster.data('chat-redis-copy')).password).toBe(`${SOURCE}-2`);
  });

  it('WHEN the name of the copy is taken THEN what is there is left alone', async () => {
    const taken = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'talk-redis-copy' } };
    await cluster.sandbox.kubectl(['create', '-f', '-'], { ...taken, stringData: { password: 'theirs' } });
    await source(`${SOURCE}-3`, '*');
    await cluster.sandbox.apply(spec, 'talk');
    await cluster.sandbox.condition('Degraded', { status: 'True', reason: 'OwnedByAnother' }, 'talk');
    expect((await cluster.data('talk-redis-copy')).password).toBe('theirs');
  });
});

describe('GIVEN an environment whose token key is in a vault', () => {
  const spec = {
    secrets: {
      token: {
        externalSecret: {
          store: { name: 'vault', kind: 'ClusterSecretStore' },
          key: 'chat/prod',
          property: 'token',
          refreshInterval: '1d',
        },
      },
    },
  };

  it('WHEN it is applied THEN External Secrets is asked for it, as its own custom resource says it', async () => {
    await cluster.sandbox.apply(spec, 'vaulted');
    const found = await waitFor('the ExternalSecret', () =>
      cluster.sandbox.get<KubeObject>('externalsecret', 'vaulted-token-external'),
    );
    expect(found.spec).toMatchObject({
      refreshInterval: '1440m',
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
      target: { name: 'vaulted-token-external', creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      data: [{ secretKey: 'key', remoteRef: { key: 'chat/prod', property: 'token' } }],
    });
    expect(found.metadata.ownerReferences?.[0]?.name).toBe('vaulted');
  });

  it('WHEN External Secrets cannot fetch it THEN its own words are in a condition', async () => {
    const condition = { type: 'Ready', status: 'False', reason: 'SecretSyncedError', message: 'no such key' };
    const status = JSON.stringify({ status: { conditions: [condition] } });
    const patch = ['patch', 'externalsecret', 'vaulted-token-external', '--subresource=status'];
    await cluster.sandbox.kubectl([...patch, '--type=merge', '-p', status]);
    const { message } = await cluster.sandbox.condition(
      'Degraded',
      { status: 'True', reason: 'SecretSyncedError' },
      'vaulted',
    );
    expect(message).toBe('ExternalSecret vaulted-token-external: no such key');
    const { message: secrets } = await cluster.sandbox.condition(
      'SecretsReady',
      { status: 'False', reason: 'SecretMissing' },
      'vaulted',
    );
    expect(secrets).toContain('Secret vaulted-token-external does not exist');
  });
});

describe('GIVEN all that was logged and told', () => {
  it('WHEN it is searched for the values of Secrets THEN there are none', async () => {
    expect(await cluster.leaks()).toEqual([]);
    expect(cluster.canaries).toBeGreaterThan(9);
  });
});
