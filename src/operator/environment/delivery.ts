import type { Manifest } from '../../constructs/index.ts';
import type { Api } from '../api/api-client.ts';
import { isApiError } from '../api/api-error.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { pathOf, TREE_KINDS } from '../kinds.ts';
import { type Applied, applyObject } from './apply.ts';
import type { Caches } from './caches.ts';
import type { Desired } from './desired.ts';
import { otherOwner } from './ownership.ts';

/** An object of the tree and what became of it. */
export interface Delivered {
  readonly object: Manifest;
  readonly applied:
    | Applied
    | { readonly did: 'failed'; readonly error: unknown }
    | { readonly did: 'notServed' };
}

/** An object that belongs to somebody else. */
export interface Foreign {
  readonly object: Manifest;
  readonly owner: string;
}

/**
 * Applies a tree. Nothing of it is applied when one of its objects belongs to another front door or controller. Otherwise an
 * object that fails keeps no other from being applied.
 *
 * @param prepare what must be there before the first object, once it is known that the tree is applied at all
 */
export async function deliver(
  api: Api,
  caches: Caches,
  desired: readonly Desired[],
  environment: KubeObject,
  prepare: () => Promise<void>,
): Promise<{ readonly foreign: readonly Foreign[] } | { readonly delivered: readonly Delivered[] }> {
  const pairs = await Promise.all(
    desired.map(async (object) => ({ object, live: await read(api, caches, object) })),
  );
  const foreign = pairs.flatMap(({ object, live }): readonly Foreign[] => {
    const owner = live === undefined ? undefined : otherOwner(live, environment);
    return owner === undefined ? [] : [{ object, owner }];
  });
  if (foreign.length > 0) return { foreign };
  await prepare();
  const delivered: Delivered[] = [];
  const needed = pairs.filter(({ object }) => isNeededByPods(object));
  for (const wave of [needed, pairs.filter((pair) => !needed.includes(pair))]) {
    const applied = wave.map(async ({ object, live }) => ({
      object,
      applied: await applyTo(api, caches, object, live),
    }));
    delivered.push(...(await Promise.all(applied)));
  }
  return { delivered };
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
): Promise<Delivered['applied']> {
  const cache = caches.of(object);
  if (cache.served === false) return { did: 'notServed' };
  try {
    const applied = await applyObject(api, cache.kind, object, live);
    if (applied.did !== 'yielded') cache.store.put(applied.live);
    return applied;
  } catch (error) {
    return { did: 'failed', error };
  }
}

/** From the cache; from the API server what the cache does not hold, since it holds only what has our label. */
async function read(api: Api, caches: Caches, object: Desired): Promise<KubeObject | undefined> {
  const cached = caches.live(object);
  const { kind, served } = caches.of(object);
  if (cached !== undefined || served === false) return cached;
  try {
    return await api.json<KubeObject>({
      path: pathOf(kind, object.metadata.namespace, object.metadata.name),
    });
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}
