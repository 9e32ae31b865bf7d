import { type Manifest, TREE_KINDS } from '../../constructs/index.ts';
import type { Api } from '../api/api-client.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { type Applied, applyObject, read } from './apply.ts';
import type { Caches } from './caches.ts';
import type { Desired } from './desired.ts';
import { type Hold, holdsOf } from './holds.ts';
import { otherOwner } from './ownership.ts';

/** An object of the tree and what became of it. */
export interface Delivered {
  readonly object: Manifest;
  readonly applied:
    | Applied
    | { readonly did: 'failed'; readonly error: unknown }
    | { readonly did: 'notServed' }
    /** Left as it is, or not made, until something else is otherwise. */
    | { readonly did: 'held'; readonly hold: Hold };
}

/** An object that belongs to somebody else. */
export interface Foreign {
  readonly object: Manifest;
  readonly owner: string;
}

/** What became of a tree. */
export interface Delivery {
  readonly delivered: readonly Delivered[];
  /** Objects that belong to others; the rest is not applied, as far as it was known in time. */
  readonly foreign: readonly Foreign[];
}

export interface DeliveryOptions {
  /** The environment as it is in the cluster. */
  readonly environment: KubeObject;
  /** Whether nothing of it has been applied before, so that what the cache does not hold is not there. */
  readonly first: boolean;
  /** What must be there before the first object, once it is known that the tree is applied at all. */
  readonly prepare: () => Promise<void>;
}

/**
 * Applies a tree. Nothing of it is applied when one of its objects is known to belong to another front door or controller;
 * one that turns out to be somebody else's is not touched, and what depends on it is not applied. Otherwise an object that
 * fails keeps no other from being applied.
 */
export async function deliver(
  api: Api,
  caches: Caches,
  desired: readonly Desired[],
  { environment, first, prepare }: DeliveryOptions,
): Promise<Delivery> {
  const pairs = await Promise.all(
    desired.map(async (object) => ({ object, live: await look(api, caches, object, first) })),
  );
  const foreign = pairs.flatMap(({ object, live }): readonly Foreign[] => {
    const owner = live === undefined ? undefined : otherOwner(live, environment);
    return owner === undefined ? [] : [{ object, owner }];
  });
  if (foreign.length > 0) return { delivered: [], foreign };
  await prepare();
  const holds = holdsOf(pairs);
  const delivered: Delivered[] = [];
  const needed = pairs.filter(({ object }) => isNeededByPods(object));
  for (const wave of [needed, pairs.filter((pair) => !needed.includes(pair))]) {
    const applied = wave.map(async ({ object, live }): Promise<Delivered> => {
      const hold = holds.get(object);
      if (hold !== undefined) return { object, applied: { did: 'held', hold } };
      return { object, applied: await applyTo(api, caches, object, live, environment) };
    });
    delivered.push(...(await Promise.all(applied)));
    const refused = delivered.flatMap(({ object, applied }): readonly Foreign[] =>
      applied.did === 'refused' ? [{ object, owner: applied.owner }] : [],
    );
    if (refused.length > 0) return { delivered, foreign: refused };
  }
  return { delivered, foreign: [] };
}

/** What pods run as, mount or are reached by. Pods wait for each other by themselves, so that the rest goes at once. */
function isNeededByPods({ kind }: Desired): boolean {
  const order = TREE_KINDS.map((one) => one.kind);
  return order.indexOf(kind) < order.indexOf('StatefulSet');
}

async function applyTo(
  api: Api,
  caches: Caches,
  object: Desired,
  live: KubeObject | undefined,
  environment: KubeObject,
): Promise<Delivered['applied']> {
  const cache = caches.of(object);
  if (cache.served === false) return { did: 'notServed' };
  try {
    const applied = await applyObject(api, cache.kind, object, live, environment);
    if ('live' in applied) cache.store.put(applied.live);
    return applied;
  } catch (error) {
    return { did: 'failed', error };
  }
}

/**
 * The object as it is, from the cache, which holds what has the label of a front door. What has no such label is asked for,
 * so that drift is told from creation. A first delivery asks for nothing that the API server would refuse it anyway: one
 * that has another label is a conflict, and an owner reference of ours beside another controller's is invalid.
 */
async function look(
  api: Api,
  caches: Caches,
  object: Desired,
  first: boolean,
): Promise<KubeObject | undefined> {
  const cached = caches.live(object);
  const { kind, served } = caches.of(object);
  if (cached !== undefined || served === false) return cached;
  const isSafe = (object.metadata.ownerReferences ?? []).length > 0;
  return first && isSafe ? undefined : read(api, kind, object);
}
