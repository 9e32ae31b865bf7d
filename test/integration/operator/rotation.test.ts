import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { tidegate } from '../cli/tidegate.ts';
import { type Data, SecretsCluster } from './secrets-cluster.ts';

let cluster: SecretsCluster;
let first: Readonly<Record<string, Data>>;
let second: Readonly<Record<string, Data>>;

const ROLES = ['redis', 'postgres', 'token', 'api'] as const;
const rotate = { every: '30d', overlap: '24h' };
const spec = {
  secrets: Object.fromEntries(ROLES.map((role) => [role, { generated: { rotate } }])),
};
const all = async (read: (name: string) => Promise<Data>) =>
  Object.fromEntries(
    await Promise.all(ROLES.map(async (role) => [role, await read(`chat-${role}`)] as const)),
  );
const lines = (text: string | undefined) => text?.split('\n');
const entry = (key: string | undefined) =>
  `generated:api:${createHash('sha256')
    .update(key ?? '')
    .digest('hex')}`;
const generations = () =>
  cluster.sandbox.kubectl(['get', 'deploy,sts', '-o', 'jsonpath={.items[*].metadata.generation}']);

beforeAll(async () => {
  cluster = await SecretsCluster.start();
  await cluster.sandbox.apply(spec);
  await cluster.sandbox.condition('Applied', { status: 'True' });
  first = await all((name) => cluster.data(name));
});
afterAll(() => cluster.stop());

describe('GIVEN an environment whose credentials rotate', () => {
  it('WHEN it is new THEN each is the only one that is accepted', async () => {
    const { redis, postgres, token, api } = first;
    expect(redis?.accepted).toBe(redis?.password);
    expect(postgres?.login).toBe(`tidegate_a:${postgres?.password}`);
    expect(postgres?.accepted).toBe(postgres?.login);
    expect(token?.accepted).toBe(token?.key);
    expect(api?.entries).toBe(entry(api?.key));
    const { message } = await cluster.sandbox.condition('Rotating', { status: 'False', reason: 'Settled' });
    expect(message).toMatch(/^redis: rotates next at 20\d\d-.*; postgres: .*; token: .*; api: .*$/);
  });

  it('WHEN they are due and pods are not all new THEN it waits, and says for what', async () => {
    cluster.later(30 * 24 * 60 + 1);
    const { message } = await cluster.sandbox.condition('Rotating', { status: 'True', reason: 'Held' });
    expect(message).toContain(
      'redis: waits, since the pods of chat-redis, chat-postgres, chat-server are not all new and ready',
    );
    expect(await all((name) => cluster.data(name))).toEqual(first);
  });

  it('WHEN all pods are THEN new ones are accepted, and the old ones stay in use', async () => {
    await cluster.rollOut();
    const now = await all((name) => cluster.phase(name, 'Prepared'));
    for (const [role, key] of [
      ['redis', 'password'],
      ['postgres', 'login'],
      ['token', 'key'],
    ] as const) {
      expect(now[role]?.[key]).toBe(first[role]?.[key]);
      expect(lines(now[role]?.accepted)).toEqual([first[role]?.[key], now[role]?.next]);
      expect(now[role]?.next).not.toBe(first[role]?.[key]);
    }
    expect(now.postgres?.next).toMatch(/^tidegate_b:[\w-]{43}$/);
    expect(now.api?.key).toBe(first.api?.key);
    expect(lines(now.api?.entries)).toEqual([entry(first.api?.key), entry(now.api?.next)]);
    second = now;
  });

  it('WHEN the operator stops, and another starts before every kubelet can have read them THEN nothing is used yet', async () => {
    await cluster.operator.stop();
    cluster.later(9);
    await cluster.startOperator();
    await cluster.sandbox.condition('Rotating', { status: 'True', reason: 'Prepared' });
    expect(await all((name) => cluster.data(name))).toEqual(second);
  });

  it('WHEN every kubelet has THEN the new ones are used, and the old ones are accepted', async () => {
    cluster.later(2);
    const now = await all((name) => cluster.phase(name, 'Switched'));
    expect(now.redis?.password).toBe(second.redis?.next);
    expect(now.postgres?.login).toBe(second.postgres?.next);
    expect(`tidegate_b:${now.postgres?.password}`).toBe(second.postgres?.next);
    expect(now.token?.key).toBe(second.token?.next);
    expect(now.api?.key).toBe(second.api?.next);
    expect(lines(now.token?.accepted)).toEqual([now.token?.key, first.token?.key]);
    expect(lines(now.api?.entries)).toEqual([entry(now.api?.key), entry(first.api?.key)]);
    expect(now.token?.next).toBeUndefined();
  });

  it('WHEN the overlap is over THEN the old ones are withdrawn, though a pod is not ready', async () => {
    const status = JSON.stringify({ status: { readyReplicas: 0, availableReplicas: 0 } });
    const patch = [
      'patch',
      'statefulset',
      'chat-redis',
      '--subresource=status',
      '--type=merge',
      '-p',
      status,
    ];
    await cluster.sandbox.kubectl(patch);
    cluster.later(24 * 60);
    const now = await all((name) => cluster.phase(name, 'Settled'));
    expect(now.redis?.accepted).toBe(now.redis?.password);
    expect(now.api?.entries).toBe(entry(now.api?.key));
    expect(now.postgres?.accepted).toBe(now.postgres?.login);
    expect(JSON.stringify(now)).not.toContain(first.token?.key);
    expect(Object.keys(now.token ?? {}).sort()).toEqual(['accepted', 'key']);
  });

  it('WHEN it is looked back THEN no pod was replaced for it, and events tell each phase', async () => {
    const before = await generations();
    expect(before.split(' ').every((generation) => generation === '1')).toBe(true);
    const events = await waitFor('the events', async () => {
      const told = (await cluster.sandbox.events()).filter((one) => one.includes('chat-redis'));
      return told.filter((one) => one.includes('credential')).length >= 3 ? told : undefined;
    });
    expect(events).toEqual(
      expect.arrayContaining([
        'Added a new credential to Secret chat-redis, which is accepted and not used yet',
        'Put the new credential of Secret chat-redis into use',
        'Withdrew the credential of Secret chat-redis that was in use before',
      ]),
    );
  });

  it('WHEN one is asked for by the annotation THEN it alone rotates, once', async () => {
    await cluster.rollOut();
    const before = await all((name) => cluster.data(name));
    await cluster.sandbox.kubectl(['annotate', 'rte', 'chat', 'tidegate.dev/rotate-postgres=now']);
    expect((await cluster.phase('chat-postgres', 'Prepared')).next).toMatch(/^tidegate_a:/);
    cluster.later(11);
    await cluster.phase('chat-postgres', 'Switched');
    cluster.later(24 * 60);
    const settled = await cluster.phase('chat-postgres', 'Settled');
    expect(settled.login).toMatch(/^tidegate_a:/);
    await cluster.sandbox.condition('Rotating', { status: 'False', reason: 'Settled' });
    const after = await all((name) => cluster.data(name));
    expect({ ...after, postgres: 0 }).toEqual({ ...before, postgres: 0 });
  });

  it('WHEN one is asked for by the command THEN it rotates', async () => {
    const { kubeconfig, namespace } = cluster.sandbox;
    const at = ['--kubeconfig', kubeconfig, '-n', namespace];
    const { status, stdout } = await tidegate(['rotate', 'chat', 'api', ...at]);
    expect(stdout).toBe(
      `secret/chat-api will rotate\nThe condition Rotating of ${namespace}/chat tells how far it is\n`,
    );
    expect(status).toBe(0);
    await cluster.phase('chat-api', 'Prepared');

    await cluster.sandbox.apply({}, 'plain');
    const refused = await tidegate(['rotate', 'plain', 'api', ...at]);
    expect(refused.stderr).toContain(
      `TG1493 ${namespace}/plain: The spec has no secrets.api.generated.rotate`,
    );
    expect(refused.status).not.toBe(0);
  });

  it('WHEN all that was logged and told is searched for their values THEN there are none', async () => {
    expect(await cluster.leaks()).toEqual([]);
    expect(cluster.canaries).toBeGreaterThan(8);
  });
});

describe('GIVEN a rotation under way', () => {
  it('WHEN the spec does not have it any more THEN it ends, and the old credentials are withdrawn', async () => {
    const name = 'ended';
    const secrets = { token: { generated: { rotate } }, api: { generated: { rotate } } };
    await cluster.sandbox.apply({ secrets }, name);
    await cluster.sandbox.condition('Applied', { status: 'True' }, name);
    const { key } = await cluster.data(`${name}-api`);
    await cluster.rollOut();
    await cluster.sandbox.kubectl(['annotate', 'rte', name, 'tidegate.dev/rotate=now']);
    await cluster.phase(`${name}-api`, 'Prepared');
    await cluster.phase(`${name}-token`, 'Prepared');
    cluster.later(11);
    await cluster.phase(`${name}-token`, 'Switched');
    const { entries } = await cluster.phase(`${name}-api`, 'Switched');
    expect(lines(entries)).toContain(entry(key));

    await cluster.sandbox.apply({}, name);
    await cluster.sandbox.condition('Rotating', { reason: 'Switched' }, name);
    cluster.later(24 * 60);
    const [api, token] = await Promise.all(
      ['api', 'token'].map((role) => cluster.phase(`${name}-${role}`, 'Settled')),
    );
    expect(api).toEqual({ key: api?.key, entries: entry(api?.key) });
    expect(token).toEqual({ key: token?.key, accepted: token?.key });
    await cluster.sandbox.condition('Rotating', { reason: 'NoRotation' }, name);
  });
});

describe('GIVEN an environment from before it rotated', () => {
  it('WHEN it is to rotate from now on THEN its credentials stay, and what is read then is added', async () => {
    await cluster.sandbox.apply({}, 'old');
    await cluster.sandbox.condition('Applied', { status: 'True' }, 'old');
    const before = await cluster.data('old-token');
    expect(Object.keys(before)).toEqual(['key']);
    await cluster.sandbox.apply(spec, 'old');
    const after = await waitFor('the key', async () => {
      const data = await cluster.data('old-token');
      return data.accepted === undefined ? undefined : data;
    });
    expect(after).toEqual({ key: before.key, accepted: before.key });
  });

  it('WHEN a Secret was made by hand, without the key itself, THEN it is not rotated, and a condition says why', async () => {
    const entries = entry('made by hand');
    const made = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'hand-api' },
      stringData: { entries },
    };
    await cluster.sandbox.kubectl(['create', '-f', '-'], made);
    await cluster.sandbox.apply(spec, 'hand');
    await cluster.sandbox.condition('Applied', { status: 'True' }, 'hand');
    await cluster.rollOut();
    await cluster.sandbox.kubectl(['annotate', 'rte', 'hand', 'tidegate.dev/rotate-api=now']);
    const { message } = await cluster.sandbox.condition('Rotating', { reason: 'Held' }, 'hand');
    expect(message).toContain('api: waits, since Secret hand-api holds no credential');
    expect(await cluster.data('hand-api')).toEqual({ entries });
  });
});
