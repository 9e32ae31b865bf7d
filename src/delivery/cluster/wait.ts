import { setTimeout as pause } from 'node:timers/promises';
import { ApiException } from '@kubernetes/client-node';
import { stuck } from './health/health.ts';
import type { LiveObject, ObjectReference } from './live-object.ts';
import type { ObjectApi } from './object-api.ts';
import { healths, type ObjectHealth } from './observe.ts';

/** Between two looks. */
const LOOK_AGAIN_MS = 1_000;

/**
 * How the objects of an environment do, at each look, until the signal ends it. An API server that does not answer for a
 * while is looked at again.
 */
export async function* watchHealth(
  api: ObjectApi,
  environment: { readonly namespace: string; readonly name: string },
  objects: readonly ObjectReference[],
  signal: AbortSignal,
): AsyncGenerator<readonly ObjectHealth[]> {
  while (!signal.aborted) {
    const seen = await look(api, environment, objects).catch(passing);
    if (seen !== undefined) yield seen;
    await pause(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {});
  }
}

async function look(
  api: ObjectApi,
  environment: { readonly namespace: string; readonly name: string },
  objects: readonly ObjectReference[],
): Promise<readonly ObjectHealth[]> {
  const found = await Promise.all(objects.map((object) => api.read(object)));
  const live = found.filter((object): object is LiveObject => object !== undefined);
  const gone = objects.filter((_, index) => found[index] === undefined);
  const seen = await healths(api, environment, live);
  return [
    ...seen.objects,
    ...gone.map(({ kind, metadata: { name } }) => ({
      ...{ kind, name },
      ...stuck('It is gone: somebody deleted it', 'Run tidegate up again'),
    })),
  ];
}

/** A connection that fails, or a server that is overloaded or about to be replaced. */
function passing(error: unknown): undefined {
  if (error instanceof ApiException && error.code < 500 && error.code !== 429) throw error;
  if (error instanceof ApiException || (error as { cause?: { code?: string } }).cause?.code !== undefined)
    return;
  if (typeof (error as { code?: unknown }).code === 'string') return;
  throw error;
}
