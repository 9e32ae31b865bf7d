import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installCustomResources } from '../../cluster/custom-resources.ts';
import { coExist, MUTATING_POLICIES } from './co-existence-run.ts';
import { Crashes } from './crash-run.ts';
import { noOps } from './no-op-run.ts';
import { type RestartableApiServer, startApiServer } from './restartable-api-server.ts';
import { takeOver } from './take-over-run.ts';

/** Nothing but operators and this test writes there, and it is all noted. */
let apiServer: RestartableApiServer;

beforeAll(async () => {
  apiServer = await startApiServer(MUTATING_POLICIES);
  await installCustomResources(apiServer.kubeconfig);
});
afterAll(() => apiServer.stop());

describe('GIVEN environments that are as they should be', () => {
  it('WHEN they are looked at again and again THEN the API server notes no write', async () => {
    const { reconciles, writes } = await noOps(apiServer, { environments: 10, resyncs: 10 });
    expect(writes).toEqual([]);
    expect(reconciles).toBeGreaterThanOrEqual(100);
  });
});

describe('GIVEN a policy, an autoscaler, a tool and a person who write to the same objects', () => {
  it('WHEN they do so again and again THEN only what the person edits goes back, once each time', async () => {
    expect(await coExist(apiServer, 3)).toEqual({
      written: ['services/chat-server', 'services/chat-server', 'services/chat-server'],
      afterwards: 0,
      deployment: { progressDeadlineSeconds: 77, replicas: 3 },
    });
  });
});

describe('GIVEN a leader that can write but cannot renew its lease', () => {
  it('WHEN another takes over THEN the last write of the one comes before the first of the other', async () => {
    const { before, after } = await takeOver(apiServer);
    expect(before.length).toBeGreaterThan(0);
    const ended = before.at(-1)?.stageTimestamp ?? '';
    expect(after[0]?.requestReceivedTimestamp.localeCompare(ended)).toBe(1);
  });
});

describe('GIVEN an operator that crashes', () => {
  let crashes: Crashes;
  beforeAll(() => {
    crashes = new Crashes(apiServer.kubeconfig);
  });
  afterAll(() => crashes.close());

  it.each([
    // The calls are reads at first, then Secrets, objects, events and the status.
    ['create', { call: 3, moment: 'before' }],
    ['create', { call: 20, moment: 'after' }],
    ['create', { call: 30, moment: 'before' }],
    ['create', { call: 38, moment: 'after' }],
    ['change', { call: 2, moment: 'after' }],
    ['change', { call: 5, moment: 'before' }],
  ] as const)('WHEN it happens in a %s at %o THEN another finishes its work', async (task, point) => {
    expect(await crashes.run(task, point)).toEqual({ crashed: true, wrong: [] });
  });
});
