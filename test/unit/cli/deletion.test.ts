import { describe, expect, it } from 'vitest';
import { deletionOf } from '../../../src/cli/live/deletion.ts';
import type { LiveObject } from '../../../src/delivery/cluster/index.ts';

const RESOURCE = {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'RealtimeEnvironment',
  metadata: { name: 'chat', namespace: 'chat-test', uid: '1' },
};

const object = (kind: string, door: string, isOwned: boolean): LiveObject => ({
  apiVersion: 'v1',
  kind,
  metadata: {
    name: `chat-${door}`,
    namespace: 'chat-test',
    labels: { 'app.kubernetes.io/managed-by': `tidegate-${door}` },
    ...(isOwned && { ownerReferences: [{ kind: RESOURCE.kind, name: 'chat', uid: '1', controller: true }] }),
  },
});

const names = (objects: readonly LiveObject[]) =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

describe('GIVEN an environment of the operator that was moved to it, and parts of which were moved on', () => {
  it('WHEN it is to be deleted THEN what its resource does not take along is deleted too, or stays', () => {
    const { goes, deleted, stays } = deletionOf({
      namespace: 'chat-test',
      name: 'chat',
      resource: RESOURCE,
      objects: [
        object('Service', 'operator', true),
        object('Service', 'cli', false),
        object('PersistentVolumeClaim', 'operator', false),
      ],
      // Made by secrets ensure, so that no resource owns it.
      secrets: [object('Secret', 'operator', false)],
      unseen: [],
    });
    expect(names(goes)).toEqual([
      'RealtimeEnvironment chat',
      'Service chat-operator',
      'Secret chat-operator',
    ]);
    expect(names(deleted)).toEqual(['RealtimeEnvironment chat', 'Secret chat-operator']);
    expect(names(stays)).toEqual(['Service chat-cli', 'PersistentVolumeClaim chat-operator']);
  });
});
