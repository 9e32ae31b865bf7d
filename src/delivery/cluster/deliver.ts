import { isMigration } from '../../constructs/index.ts';
import { overEdits } from './apply.ts';
import type { Examined } from './difference.ts';
import { nameOf, type ObjectReference } from './live-object.ts';
import { migrated } from './migrated.ts';
import type { ObjectApi } from './object-api.ts';
import { DOOR, FIELD_MANAGER, type Plan, toWrite } from './plan.ts';
import { refusal } from './refusal.ts';
import { ensureSecrets } from './secrets.ts';

/** What became of an object. */
export interface Delivered {
  readonly object: ObjectReference;
  /** `missing`: a Secret that somebody else has to create. `awaited`: a Job that pods of the new version wait for. */
  readonly did: 'created' | 'changed' | 'deleted' | 'missing' | 'awaited';
}

/**
 * Carries a plan out: Secrets, then objects in the order of the tree, servers after the migration that they need, then what left
 * the tree. Each step is told once it is done; who stops in between finds the rest to do next time.
 *
 * @param signal ends the wait for a migration
 * @throws TidegateError when the API server refuses a step, or the migration fails
 */
export async function* deliver(api: ObjectApi, plan: Plan, signal: AbortSignal): AsyncGenerator<Delivered> {
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
  const writes = toWrite(plan);
  const servers = writes.filter(({ manifest }) => manifest.kind === 'Deployment');
  const write = async ({ manifest, live }: Examined): Promise<Delivered> => {
    await apply(api, manifest, live, false).catch((error) => {
      throw refusal(error, nameOf(manifest));
    });
    return { object: manifest, did: live === undefined ? 'created' : 'changed' };
  };
  for (const one of writes) if (!servers.includes(one)) yield await write(one);
  const migration = plan.examined.find(({ manifest }) => isMigration(manifest))?.manifest;
  if (migration !== undefined && servers.length > 0) {
    yield { object: migration, did: 'awaited' };
    await migrated(api, migration, signal);
  }
  for (const one of servers) {
    if (signal.aborted) return;
    yield await write(one);
  }
  // What is left over may still be in use until everything new is in place.
  for (const object of left) {
    const deleted = await api.delete(object).catch((error) => {
      throw refusal(error, nameOf(object));
    });
    if (deleted) yield { object, did: 'deleted' };
  }
}
