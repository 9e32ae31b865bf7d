import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installCustomResources } from '../../cluster/custom-resources.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { coExist, MUTATING_POLICIES } from './co-existence-run.ts';
import { Crashes } from './crash-run.ts';
import { latencies, percentile } from './latency-run.ts';
import { noOps } from './no-op-run.ts';
import { type RestartableApiServer, startApiServer } from './restartable-api-server.ts';
import { Sandbox, startOperator } from './sandbox.ts';
import { takeOver } from './take-over-run.ts';

/** Nothing but operators and this test writes there, and it is all noted. */
let apiServer: RestartableApiServer;

beforeAll(async () => {
  apiServer = await startApiServer(MUTATING_POLICIES);
  await installCustomResources(apiServer.kubeconfig);
});
afterAll(() => apiServer.stop());

describe('GIVEN an operator', () => {
  it('WHEN an environment is created THEN each of its objects costs one call', async () => {
    const sandbox = await Sandbox.create(apiServer.kubeconfig);
    const operator = await startOperator(sandbox);
    await waitFor('the caches', async () =>
      (await operator.page('/readyz')).status === 200 ? true : undefined,
    );
    const reads = await operator.requests('GET');
    const writes = apiServer.audit.writes().length;
    await sandbox.apply();
    await sandbox.condition('Degraded', { status: 'False' });
    const written = Object.groupBy(
      apiServer.audit.writes().slice(writes),
      ({ objectRef }) => objectRef.resource,
    );
    const counts = Object.entries(written).map(([resource, calls]) => [resource, calls?.length]);
    expect(Object.fromEntries(counts)).toEqual({
      configmaps: 2,
      deployments: 1,
      events: 1,
      horizontalpodautoscalers: 1,
      ingresses: 1,
      networkpolicies: 3,
      persistentvolumeclaims: 2,
      poddisruptionbudgets: 1,
      realtimeenvironments: 1,
      secrets: 4,
      serviceaccounts: 1,
      services: 3,
      statefulsets: 2,
    });
    // No owner reference would keep us from a volume of somebody else.
    expect((await operator.requests('GET')) - reads).toBe(2);
    await operator.stop();
  });
});

describe('GIVEN a warm operator', () => {
  it('WHEN environments are created, edited and changed THEN half of them are applied within the goals', async () => {
    const { created, reverted, changed } = await latencies(apiServer, 20);
    expect(percentile(created, 50)).toBeLessThan(500);
    expect(percentile(reverted, 50)).toBeLessThan(1_000);
    expect(percentile(changed, 50)).toBeLessThan(500);
  });
});

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
    // The calls are Secrets, objects, an event and the status.
    ['create', { call: 3, moment: 'before' }],
    ['create', { call: 10, moment: 'after' }],
    ['create', { call: 20, moment: 'before' }],
    ['create', { call: 24, moment: 'after' }],
    ['change', { call: 2, moment: 'after' }],
    ['change', { call: 5, moment: 'before' }],
    // The calls are looks at the pods and the status in turn, then stores, autoscaler, the status and replicas.
    ['hibernate', { call: 4, moment: 'after' }],
    ['hibernate', { call: 6, moment: 'after' }],
    ['hibernate', { call: 8, moment: 'before' }],
    ['hibernate', { call: 'chat-server/scale', moment: 'before' }],
    ['hibernate after all not', { call: 'statefulsets/chat-redis', moment: 'after' }],
    ['hibernate after all not', { call: 'chat-server/scale', moment: 'after' }],
    ['wake', { call: 2, moment: 'after' }],
    ['wake', { call: 4, moment: 'before' }],
  ] as const)('WHEN it happens in a %s at %o THEN another finishes its work', async (task, point) => {
    expect(await crashes.run(task, point)).toEqual({ crashed: true, wrong: [] });
  });
});
