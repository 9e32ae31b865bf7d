import { describe, expect, it } from 'vitest';
import { TREE_KINDS } from '../../../src/constructs/index.ts';
import type { Api, ApiRequest } from '../../../src/operator/api/api-client.ts';
import type { KubeObject, ObjectMeta } from '../../../src/operator/api/kube-object.ts';
import { applySetOf } from '../../../src/operator/environment/apply-set.ts';
import { Caches } from '../../../src/operator/environment/caches.ts';
import { prune } from '../../../src/operator/environment/prune.ts';
import { Metrics } from '../../../src/operator/runtime/metrics.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

const OWNER: KubeObject = { metadata: { name: 'chat', namespace: 'chat-test', uid: 'uid-1' } };
const SET = applySetOf(OWNER);
const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'tidegate-operator' };
const applied = [{ manager: 'tidegate-operator', operation: 'Apply' as const, fieldsV1: {} }];
const controlledBy = (uid: string) => [
  {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'RealtimeEnvironment',
    name: 'chat',
    uid,
    controller: true,
  },
];
/** All that an object of the environment has. */
const MEMBER: Partial<ObjectMeta> = {
  labels: { ...MANAGED_BY, 'applyset.kubernetes.io/part-of': SET },
  ownerReferences: controlledBy('uid-1'),
  managedFields: applied,
};

/** What is asked of the API server when an object is in the cache that is in no tree. */
async function pruned(kind: string, metadata: Partial<ObjectMeta>, spec = {}): Promise<readonly string[]> {
  const asked: string[] = [];
  const api: Api = {
    json: async <T>({ method, path }: ApiRequest) => {
      asked.push(`${method} ${path}`);
      return {} as T;
    },
  };
  const nothing = undefined as never;
  const caches = new Caches(TREE_KINDS, { client: nothing, log: nothing, metrics: new Metrics() });
  const object = { metadata: { name: 'old', namespace: 'chat-test', resourceVersion: '1', ...metadata } };
  caches.tree.find((one) => one.kind.kind === kind)?.store.replace([object], '1');
  await prune(api, caches, parse(environment(spec)), OWNER, []);
  return asked;
}

const DELETED = ['DELETE /api/v1/namespaces/chat-test/services/old'];

describe('GIVEN the set of an environment', () => {
  it('WHEN it is named THEN the name is a label’s value, the same for every environment of that name', () => {
    expect(SET).toMatch(/^applyset-[A-Za-z0-9_-]{43}-v1$/);
    expect(applySetOf({ metadata: { name: 'chat', namespace: 'chat-test', uid: 'uid-2' } })).toBe(SET);
    expect(applySetOf({ metadata: { name: 'chat', namespace: 'other' } })).not.toBe(SET);
  });
});

describe('GIVEN an object that is in no tree', () => {
  it.each<[string, Partial<ObjectMeta>, readonly string[]]>([
    ['is a member of the environment', MEMBER, DELETED],
    ['was applied before there were sets', { ...MEMBER, labels: MANAGED_BY }, DELETED],
    ['has lost its owner reference', { ...MEMBER, ownerReferences: [] }, DELETED],
    [
      'is of an environment restored with another uid',
      { ...MEMBER, ownerReferences: controlledBy('0') },
      DELETED,
    ],
    ['has copied labels and owner, and was never applied', { ...MEMBER, managedFields: [] }, []],
    [
      'was applied by another',
      { ...MEMBER, managedFields: [{ manager: 'argocd', operation: 'Apply', fieldsV1: {} }] },
      [],
    ],
    ['is in another namespace', { ...MEMBER, namespace: 'other' }, []],
    ['is going already', { ...MEMBER, deletionTimestamp: '2026-01-01T00:00:00Z' }, []],
    [
      'belongs to another front door now',
      {
        ...MEMBER,
        ownerReferences: [],
        labels: { ...MEMBER.labels, 'app.kubernetes.io/managed-by': 'tidegate-gitops' },
      },
      [],
    ],
  ])('WHEN it %s THEN it is deleted only if it is ours', async (_what, metadata, asked) => {
    expect(await pruned('Service', metadata)).toEqual(asked);
  });
});

describe('GIVEN a volume that is in no tree', () => {
  const path = '/api/v1/namespaces/chat-test/persistentvolumeclaims/old';

  it('WHEN the environment controls it THEN retention decides', async () => {
    expect(await pruned('PersistentVolumeClaim', MEMBER, { retention: 'Delete' })).toEqual([
      `DELETE ${path}`,
    ]);
    expect(await pruned('PersistentVolumeClaim', MEMBER)).toEqual([`PATCH ${path}`]);
  });

  it('WHEN an environment of that name left it behind THEN it is not touched, whatever the new one says', async () => {
    const kept = { ...MEMBER, ownerReferences: [] };
    expect(await pruned('PersistentVolumeClaim', kept, { retention: 'Delete' })).toEqual([]);
    expect(await pruned('PersistentVolumeClaim', kept)).toEqual([]);
  });
});
