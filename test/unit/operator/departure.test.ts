import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/operator/api/kube-object.ts';
import { departureFindings } from '../../../src/operator/environment/departure.ts';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const LATELY = '2026-01-01T00:00:58Z';
const EARLIER = '2026-01-01T00:00:00Z';

const environment = (deletionTimestamp: string, finalizers: readonly string[] = []): KubeObject => ({
  kind: 'RealtimeEnvironment',
  metadata: { name: 'chat', uid: 'u', deletionTimestamp, finalizers: ['foregroundDeletion', ...finalizers] },
});
const object = (name: string, metadata: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
});
const found = (live: KubeObject, left: readonly KubeObject[] = []) => {
  const all = [{ store: { find: (term: string) => (term === 'u' ? left : []) } }] as never;
  return departureFindings({ all }, live, NOW).map(({ type, reason, message }) => [type, reason, message]);
};

describe('GIVEN an environment that is being deleted', () => {
  it('WHEN it has only begun THEN its objects are not named yet', () => {
    expect(found(environment(LATELY), [object('a')])).toEqual([
      ['Ready', 'Deleting', 'Its objects are being deleted'],
      ['Progressing', 'Deleting', 'Its objects are being deleted'],
    ]);
  });

  it('WHEN objects take their time THEN they are named, at most ten', () => {
    const names = Array.from({ length: 12 }, (_, index) => object(`a${index}`));
    const named = names.slice(0, 10).map(({ metadata }) => `ConfigMap ${metadata.name}`);
    const [, progressing] = found(environment(EARLIER), names);
    expect(progressing).toEqual(['Progressing', 'Deleting', `Waits for ${named.join('; ')}; and 2 more`]);
  });

  it('WHEN finalizers of others hold something THEN they are named first', () => {
    const held = object('b', { deletionTimestamp: EARLIER, finalizers: ['example.com/b'] });
    const message =
      'Waits for RealtimeEnvironment chat, held by finalizer example.com/a; ' +
      'ConfigMap b, held by finalizer example.com/b; ConfigMap a';
    expect(found(environment(EARLIER, ['example.com/a']), [object('a'), held])).toEqual([
      ['Ready', 'DeletionHeld', message],
      ['Progressing', 'DeletionHeld', message],
      ['Degraded', 'DeletionHeld', message],
    ]);
  });

  it('WHEN nothing is left THEN it waits for the garbage collector', () => {
    expect(found(environment(EARLIER))[1]?.[2]).toBe('Waits for the garbage collector');
  });
});
