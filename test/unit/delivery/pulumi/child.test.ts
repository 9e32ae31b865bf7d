import { ApiObject } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import type { Extension } from '../../../../src/constructs/index.ts';
import { type Child, childrenOf } from '../../../../src/delivery/pulumi/child.ts';
import { parse } from '../../../../src/spec/index.ts';
import { environment } from '../../environment.ts';

const children = (spec: Record<string, unknown> = {}) => childrenOf(parse(environment(spec)));
const name = ({ manifest }: Child) => `${manifest.kind}/${manifest.metadata.name}`;
const skipsAwait = ({ manifest }: Child) =>
  manifest.metadata.annotations?.['pulumi.com/skipAwait'] === 'true';

describe('GIVEN the smallest environment', () => {
  it('WHEN its children are made THEN only what may never come is not awaited', () => {
    expect(children().filter(skipsAwait).map(name)).toEqual([
      'PersistentVolumeClaim/chat-redis-data',
      'Service/chat-redis',
      'PersistentVolumeClaim/chat-postgres-data',
      'Service/chat-postgres',
      'Service/chat-server',
      'Ingress/chat',
    ]);
  });

  it('WHEN its children are made THEN all have one field manager', () => {
    const managers = children().map(
      ({ manifest }) => manifest.metadata.annotations?.['pulumi.com/patchFieldManager'],
    );
    expect(new Set(managers)).toEqual(new Set(['tidegate-pulumi']));
  });

  it('WHEN its children are made twice THEN only Secrets differ, and their values are ignored after creation', () => {
    const [first, second] = [children(), children()];
    const differing = first.filter((child, index) => JSON.stringify(child) !== JSON.stringify(second[index]));
    expect(differing.map(name)).toEqual([
      'Secret/chat-redis',
      'Secret/chat-postgres',
      'Secret/chat-token',
      'Secret/chat-api',
    ]);
    for (const { options } of differing) expect(options.ignoreChanges).toEqual(['data', 'stringData']);
  });

  it('WHEN it keeps its volumes THEN the claims alone outlive it', () => {
    const kept = (spec: Record<string, unknown>) =>
      children(spec)
        .filter(({ options }) => options.retainOnDelete)
        .map(name);
    expect(kept({})).toEqual([
      'PersistentVolumeClaim/chat-redis-data',
      'PersistentVolumeClaim/chat-postgres-data',
    ]);
    expect(kept({ retention: 'Delete' })).toEqual([]);
  });

  it('WHEN it is annotated to skip awaits THEN nothing is awaited', () => {
    const input = environment();
    const annotations = { 'pulumi.com/skipAwait': 'true' };
    const all = childrenOf(parse({ ...input, metadata: { ...input.metadata, annotations } }));
    expect(all.every(skipsAwait)).toBe(true);
  });
});

describe('GIVEN a fleet that takes half an hour to drain', () => {
  it('WHEN its children are made THEN deleting its Deployment may take that long', () => {
    const server = children({ drain: { graceSeconds: 1800 } }).find((child) => child.step === 'server');
    // 5 s before the stop signal, 1,800 s of drain, 15 s to close, 60 s to spare.
    expect(server?.options.customTimeouts).toEqual({ create: '660s', update: '660s', delete: '1880s' });
  });
});

describe('GIVEN an extension with a Deployment and a Job of its own', () => {
  const extension: Extension = {
    extend: (_, scope) => {
      for (const [apiVersion, kind] of [
        ['apps/v1', 'Deployment'],
        ['batch/v1', 'Job'],
      ] as const) {
        new ApiObject(scope, kind, { apiVersion, kind, metadata: { name: 'extra' }, spec: {} });
      }
    },
  };

  it('WHEN children are made THEN its image is its own, and no server waits for its Job', () => {
    const spec = { migrations: { command: ['node', 'migrate.ts'] } };
    const workloads = childrenOf(parse(environment(spec)), extension).filter(({ manifest }) =>
      ['Deployment', 'Job'].includes(manifest.kind),
    );
    const image = 'spec.template.spec.containers[0].image';
    expect(
      workloads.map(({ manifest: { kind }, step, options: { ignoreChanges } }) => [
        kind,
        step,
        ignoreChanges,
      ]),
    ).toEqual([
      ['Job', 'migration', []],
      ['Deployment', 'server', [image]],
      ['Deployment', 'server', []],
      ['Job', 'server', []],
    ]);
  });
});
