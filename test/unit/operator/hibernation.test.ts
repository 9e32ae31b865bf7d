import { describe, expect, it } from 'vitest';
import { render } from '../../../src/constructs/index.ts';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { asleep, scaledBy } from '../../../src/operator/environment/asleep.ts';
import {
  afterLook,
  isAsleep,
  lookAgainMs,
  WAKE,
  woken,
} from '../../../src/operator/environment/hibernation.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const minutes = (count: number) => START + count * 60_000;
const preview = parse(environment({ lifecycle: { hibernate: { after: '30m' } } }));
const restless = parse(environment());
const live = (generation: number, wake = ''): KubeObject => ({
  metadata: { name: 'chat', generation, annotations: { [WAKE]: wake } },
});

describe('GIVEN an environment that falls asleep after 30 minutes', () => {
  it('WHEN nobody is connected for so long THEN it is idle from the first look, and asleep after 30 minutes', () => {
    const idle = afterLook(preview, live(1), {}, { connected: false, now: minutes(0) });
    expect(idle).toEqual({ idleSince: '2026-03-01T12:00:00.000Z' });
    expect(afterLook(preview, live(1), idle, { connected: false, now: minutes(30) - 1 })).toEqual(idle);
    expect(afterLook(preview, live(1), idle, { connected: false, now: minutes(30) })).toEqual({
      idleSince: '2026-03-01T12:00:00.000Z',
      since: '2026-03-01T12:30:00.000Z',
      mark: '1/',
    });
  });

  it('WHEN a client is connected at a look THEN the time begins anew', () => {
    const idle = afterLook(preview, live(1), {}, { connected: false, now: minutes(0) });
    expect(afterLook(preview, live(1), idle, { connected: true, now: minutes(29) })).toEqual({});
  });

  it.each([
    ['nothing changes', preview, live(3, 'monday'), true],
    ['the annotation changes', preview, live(3, 'tuesday'), false],
    ['the annotation goes', preview, live(3), false],
    ['the spec changes', preview, live(4, 'monday'), false],
    ['it is not to sleep any more', restless, live(3, 'monday'), false],
  ])('WHEN it sleeps and %s THEN asleep is %4$s', (_, spec, now, sleeps) => {
    const idle = { idleSince: '2026-03-01T12:00:00.000Z' };
    const sleeping = afterLook(preview, live(3, 'monday'), idle, { connected: false, now: minutes(45) });
    expect(isAsleep(sleeping)).toBe(true);
    expect(isAsleep(woken(spec, now, sleeping))).toBe(sleeps);
  });

  it('WHEN it is awake THEN it is looked at every minute, more often when the time is short, and not when it sleeps', () => {
    const short = parse(environment({ lifecycle: { hibernate: { after: '2m' } } }));
    expect(lookAgainMs(preview, {})).toBe(60_000);
    expect(lookAgainMs(short, {})).toBe(30_000);
    expect(lookAgainMs(preview, { since: '2026-03-01T12:00:00.000Z' })).toBeUndefined();
    expect(lookAgainMs(restless, {})).toBeUndefined();
  });
});

describe('GIVEN the tree of an environment with workers', () => {
  const tree = render(
    parse(
      environment({
        server: { image: 'app:1' },
        tasks: { module: 'app.ts', min: 2 },
        autoscaling: { min: 3 },
      }),
    ),
  );

  it('WHEN it sleeps THEN autoscalers are gone, stores have no pods, and all else is as it was', () => {
    const lying = asleep(tree);
    const gone = tree.filter((one) => !lying.some((other) => other.kind === one.kind));
    expect(gone.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      'HorizontalPodAutoscaler/chat-server',
      'HorizontalPodAutoscaler/chat-worker',
    ]);
    const numbers = lying.flatMap(({ kind, metadata, spec }) =>
      (spec as { replicas?: number } | undefined)?.replicas === undefined
        ? []
        : [[`${kind}/${metadata.name}`, (spec as { replicas: number }).replicas]],
    );
    expect(numbers).toEqual([
      ['StatefulSet/chat-redis', 0],
      ['StatefulSet/chat-postgres', 0],
    ]);
    const changed = lying.filter((one) => !tree.includes(one)).map(({ kind }) => kind);
    expect(changed).toEqual(['StatefulSet', 'StatefulSet']);
  });

  it('WHEN it wakes THEN its Deployments begin with the fewest pods', () => {
    expect(scaledBy(tree)).toEqual([
      { name: 'chat-server', min: 3 },
      { name: 'chat-worker', min: 2 },
    ]);
    const keda = render(parse(environment({ autoscaling: { min: 4, keda: {} } })));
    expect(scaledBy(keda)).toEqual([{ name: 'chat-server', min: 4 }]);
  });

  it('WHEN it has a cluster of CloudNativePG and backups THEN these rest by their own means', () => {
    const cluster = {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: { name: 'db' },
      spec: {},
    };
    const backup = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'backup' },
      spec: { schedule: '@daily' },
    };
    const archived = { ...backup, apiVersion: 'postgresql.cnpg.io/v1', kind: 'ScheduledBackup' };
    expect(asleep([cluster, backup, archived])).toEqual([
      { ...cluster, metadata: { name: 'db', annotations: { 'cnpg.io/hibernation': 'on' } } },
      { ...backup, spec: { schedule: '@daily', suspend: true } },
      { ...archived, spec: { schedule: '@daily', suspend: true } },
    ]);
  });
});
