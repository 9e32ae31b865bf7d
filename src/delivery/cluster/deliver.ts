import { overEdits } from './apply.ts';
import type { ObjectReference } from './live-object.ts';
import type { ObjectApi } from './object-api.ts';
import { DOOR, FIELD_MANAGER, type Plan, toWrite } from './plan.ts';
import { refusal } from './refusal.ts';
import { ensureSecrets } from './secrets.ts';

/** What became of an object. */
export interface Delivered {
  readonly object: ObjectReference;
  /** `missing`: a Secret that somebody else has to create. */
  readonly did: 'created' | 'changed' | 'deleted' | 'missing';
}

/**
 * Carries a plan out: Secrets, then objects in the order of the tree, then what left it. Each step is told once it is done; who
 * stops in between finds the rest to do next time.
 *
 * @throws TidegateError when the API server refuses a step
 */
export async function* deliver(api: ObjectApi, plan: Plan): AsyncGenerator<Delivered> {
  const { environment, left } = plan;
  const { namespace } = environment.metadata;
  const secrets = await ensureSecrets(api, environment, DOOR).catch((error) => {
    throw refusal(error, namespace);
  });
  for (const { name, state } of secrets) {
    if (state !== 'created' && state !== 'missing') continue;
    yield { object: { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } }, did: state };
  }
  const apply = overEdits(FIELD_MANAGER);
  for (const { manifest, live } of toWrite(plan)) {
    await apply(api, manifest, live, false).catch((error) => {
      throw refusal(error, `${manifest.kind} ${namespace}/${manifest.metadata.name}`);
    });
    yield { object: manifest, did: live === undefined ? 'created' : 'changed' };
  }
  // What is left over may still be in use until everything new is in place.
  for (const object of left) {
    const deleted = await api.delete(object).catch((error) => {
      throw refusal(error, `${object.kind} ${namespace}/${object.metadata.name}`);
    });
    if (deleted) yield { object, did: 'deleted' };
  }
}
