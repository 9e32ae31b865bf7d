import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { priorityOf } from '../../../src/operator/runtime/priority.ts';
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
  const store = new Store({ terms: (one) => (one.metadata.ownerReferences ?? []).map(({ uid }) => uid) });
  const changes: string[] = [];
  store.onChange(({ object: { metadata }, deleted, from }: Change) =>
    changes.push(
      `${deleted ? '-' : '+'}${metadata.name}@${metadata.resourceVersion}${from === 'server' ? '' : ` ${from}`}`,
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
    expect(changes).toEqual(['+a@1 firstList', '+b@2 firstList', '+a@3', '-b@4', '+c@5', '-a@3', '-c@5']);
    expect(store.size).toBe(0);
  });

  it('WHEN our own write is known before the watch brings it THEN an older event does not undo it', () => {
    const { store, changes } = watched();
    store.replace([object('a', '1')], '1');
    store.put(object('a', '10'));
    store.apply('MODIFIED', object('a', '9'));
    store.apply('MODIFIED', object('a', '10'));
    expect(store.get('ns/a')?.metadata.resourceVersion).toBe('10');
    expect(changes).toEqual(['+a@1 firstList', '+a@10 ownWrite']);
  });

  it('WHEN the answer to a write comes after the watch has seen the object deleted THEN it does not come back', () => {
    const { store } = watched();
    store.replace([], '1');
    store.apply('ADDED', object('a', '2'));
    store.apply('DELETED', object('a', '3'));
    store.put(object('a', '2'));
    expect(store.get('ns/a')).toBeUndefined();
  });

  it('WHEN versions begin anew, as after a restore of the cluster THEN what is written then is taken', () => {
    const { store } = watched();
    store.replace([object('a', '900')], '1000');
    store.replace([object('a', '90')], '100');
    store.put(object('b', '101'));
    store.apply('MODIFIED', object('a', '102'));
    expect([...store.values()].map(({ metadata }) => metadata.resourceVersion)).toEqual(['102', '101']);
  });

  it('WHEN objects change what they are found by THEN each is found by what it has now', () => {
    const { store } = watched();
    store.replace([object('a', '1', 'x'), object('b', '1', 'x'), object('c', '1')], '1');
    store.apply('MODIFIED', object('b', '2', 'y'));
    const names = (uid: string) => store.find(uid).map(({ metadata }) => metadata.name);
    expect([names('x'), names('y'), names('z')]).toEqual([['a'], ['b'], []]);
    store.apply('DELETED', object('a', '3', 'x'));
    expect(names('x')).toEqual([]);
  });

  it('WHEN only a part of objects is kept THEN that is what is stored, found and told', () => {
    const store = new Store({
      keep: ({ metadata: { name, resourceVersion } }) => ({ metadata: { name, resourceVersion } as never }),
      terms: ({ metadata }) => [metadata.namespace ?? 'none'],
    });
    const told: KubeObject[] = [];
    store.onChange((change) => told.push(change.object));
    store.replace([object('a', '1', 'x')], '1');
    store.put(object('a', '2', 'x'));
    const kept = { metadata: { name: 'a', resourceVersion: '2' } };
    expect([store.get('ns/a'), store.find('none'), told.at(-1)]).toEqual([kept, [kept], kept]);
  });
});

describe('GIVEN a change', () => {
  const of = (generation: number | undefined): KubeObject => ({
    metadata: { name: 'a', ...(generation === undefined ? {} : { generation }) },
  });
  it.each<[string, Partial<Change>, string]>([
    ['of the first list', { from: 'firstList' }, 'resync'],
    ['of what is wanted', { previous: of(1) }, 'change'],
    ['of the status alone', { previous: of(2) }, 'report'],
    ['of something new', { previous: undefined }, 'change'],
    ['that takes it away', { previous: of(2), deleted: true }, 'change'],
    ['of a kind without generations', { object: of(undefined), previous: of(undefined) }, 'change'],
  ])('WHEN it is one %s THEN its priority follows', (_what, change, priority) => {
    const whole: Change = { object: of(2), previous: of(1), deleted: false, from: 'server', ...change };
    expect(priorityOf(whole)).toBe(priority);
  });
});
