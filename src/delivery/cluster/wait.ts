import { stuck } from './health/health.ts';
import type { LiveObject, ObjectReference } from './live-object.ts';
import { lookAgain } from './look-again.ts';
import type { ObjectApi } from './object-api.ts';
import { healths, type ObjectHealth } from './observe.ts';

/** How the objects of an environment do, at each look, until the signal ends it. */
export function watchHealth(
  api: ObjectApi,
  environment: { readonly namespace: string; readonly name: string },
  objects: readonly ObjectReference[],
  signal: AbortSignal,
): AsyncGenerator<readonly ObjectHealth[]> {
  return lookAgain(signal, async () => {
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
  });
}
