import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

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

describe('GIVEN an environment that is paused', () => {
  it('WHEN it is edited, loses an object and changes THEN it stays so until it is resumed', async () => {
    await sandbox.apply();
    await sandbox.condition('Applied', { status: 'True' });
    await sandbox.apply({
      lifecycle: { paused: true },
      redis: { inProcess: {} },
      autoscaling: { max: 1, min: 1 },
    });
    const { message } = await sandbox.condition('Paused', { status: 'True', observedGeneration: 2 });
    expect(message).toBe('Nothing is applied, restored or deleted until spec.lifecycle.paused is false');
    const writes = await operator.requests('PATCH', 'POST', 'DELETE');
    await sandbox.kubectl(['delete', 'service', 'chat-server']);
    await sandbox.kubectl(['delete', 'deployment', 'chat-server']);
    await sandbox.condition('Ready', { status: 'False' });
    await waitFor('the replicas to be told', async () =>
      (await sandbox.status()).replicas?.desired === 0 ? true : undefined,
    );
    expect(await sandbox.get('service', 'chat-server')).toBeUndefined();
    expect(await sandbox.get('statefulset', 'chat-redis')).toBeDefined();
    // It says how the environment is, and writes nothing else.
    expect((await operator.requests('PATCH', 'POST', 'DELETE')) - writes).toBeLessThanOrEqual(2);
    const applied = (await sandbox.status()).conditions?.find(({ type }) => type === 'Applied');
    expect(applied?.observedGeneration).toBe(1);

    await sandbox.apply();
    await sandbox.condition('Paused', { status: 'False', reason: 'Resumed' });
    await sandbox.condition('Applied', { status: 'True', observedGeneration: 3 });
    expect(await sandbox.get('service', 'chat-server')).toBeDefined();
  });

  it('WHEN it was so from the beginning THEN nothing of it comes to be', async () => {
    await sandbox.apply({ lifecycle: { paused: true } });
    await sandbox.condition('Paused', { status: 'True' });
    expect(await sandbox.owned()).toEqual([]);
  });
});

describe('GIVEN an environment that is being deleted', () => {
  it('WHEN a finalizer holds one of its objects THEN a condition and an event name both', async () => {
    await sandbox.apply();
    await sandbox.condition('Applied', { status: 'True' });
    const finalizers = (names: readonly string[]) =>
      sandbox.kubectl([
        'patch',
        'configmap',
        'chat-server',
        '--type=merge',
        '-p',
        JSON.stringify({ metadata: { finalizers: names } }),
      ]);
    await finalizers(['example.com/hold']);
    await sandbox.kubectl(['delete', 'rte', 'chat', '--cascade=foreground', '--wait=false']);
    const { message } = await sandbox.condition('Progressing', { reason: 'DeletionHeld' });
    expect(message).toBe('Waits for ConfigMap chat-server, held by finalizer example.com/hold');
    await sandbox.condition('Degraded', { status: 'True', reason: 'DeletionHeld' });
    await waitFor('the event', async () => (await sandbox.events()).find((told) => told === message));
    await finalizers([]);
    await gone('rte', 'chat');
  });
});

describe('GIVEN a preview environment', () => {
  it('WHEN its end is taken back THEN the status tells of none', async () => {
    await sandbox.apply({ lifecycle: { ttl: '1h' }, retention: 'Delete' });
    await sandbox.condition('Applied', { status: 'True' });
    const { creationTimestamp = '' } = (await sandbox.get('rte', 'chat'))?.metadata ?? {};
    expect((await sandbox.status()).expiresAt).toBe(
      new Date(Date.parse(creationTimestamp) + 3_600_000).toISOString(),
    );
    await sandbox.apply({ retention: 'Delete' });
    await waitFor('the end to be taken back', async () =>
      (await sandbox.status()).expiresAt === undefined ? true : undefined,
    );
  });

  it('WHEN its time is over THEN it is deleted with everything in it', async () => {
    await sandbox.apply({ lifecycle: { ttl: '1h' }, retention: 'Delete' });
    await sandbox.condition('Applied', { status: 'True' });
    await operator.stop();
    operator = await startOperator(sandbox, { timing: { now: () => Date.now() + 3_600_000 } });
    await gone('rte', 'chat');
    expect(await sandbox.owned()).toEqual([]);
    expect(await sandbox.events()).toContain('Deleted RealtimeEnvironment chat, whose lifecycle.ttl is over');
  });
});
