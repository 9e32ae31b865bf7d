import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { type Change, Store } from '../../../src/operator/runtime/store.ts';

const object = (name: string, resourceVersion: string, uid?: string): KubeObject => ({
  metadata: {
    name,
    namespace: 'ns',
    resourceVersion,
    ...(uid === undefined
      ? {}
      : { ownerReferences: [{ apiVersion: 'v1', kind: 'Owner', name: 'owner', uid, controller: true }] }),
  },
});

function watched(): { store: Store; changes: string[] } {
  const store = new Store();
  const changes: string[] = [];
  store.onChange(({ object: { metadata }, deleted, initial }: Change) =>
    changes.push(
      `${deleted ? '-' : '+'}${metadata.name}@${metadata.resourceVersion}${initial ? ' initial' : ''}`,
    ),
  );
  return { store, changes };
}

describe('GIVEN a cache', () => {
  it('WHEN lists and events come THEN each change is told once', () => {
    const { store, changes } = watched();
    store.replace([object('a', '1'), object('b', '2')], '2');
    store.apply('MODIFIED', object('a', '3'));
    store.apply('DELETED', object('b', '4'));
    store.apply('DELETED', object('b', '4'));
    store.replace([object('a', '3'), object('c', '5')], '6');
    store.replace([], '7');
    expect(changes).toEqual(['+a@1 initial', '+b@2 initial', '+a@3', '-b@4', '+c@5', '-a@3', '-c@5']);
    expect(store.size).toBe(0);
  });

  it('WHEN our own write is known before the watch brings it THEN an older event does not undo it', () => {
    const { store } = watched();
    store.replace([object('a', '1')], '1');
    store.put(object('a', '10'));
    store.apply('MODIFIED', object('a', '9'));
    expect(store.get('ns/a')?.metadata.resourceVersion).toBe('10');
  });

  it('WHEN the answer to a write comes after the watch has seen the object deleted THEN it does not come back', () => {
    const { store } = watched();
    store.replace([], '1');
    store.apply('ADDED', object('a', '2'));
    store.apply('DELETED', object('a', '3'));
    store.put(object('a', '2'));
    expect(store.get('ns/a')).toBeUndefined();
  });

  it('WHEN objects change their controller THEN each is found by the one it has', () => {
    const { store } = watched();
    store.replace([object('a', '1', 'x'), object('b', '1', 'x'), object('c', '1')], '1');
    store.apply('MODIFIED', object('b', '2', 'y'));
    const names = (uid: string) => store.controlledBy(uid).map(({ metadata }) => metadata.name);
    expect([names('x'), names('y'), names('z')]).toEqual([['a'], ['b'], []]);
    store.apply('DELETED', object('a', '3', 'x'));
    expect(names('x')).toEqual([]);
  });
});
