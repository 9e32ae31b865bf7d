import type { Api } from '../api/api-client.ts';
import { isApiError } from '../api/api-error.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { type Kind, pathOf } from '../kinds.ts';
import type { Desired } from './desired.ts';
import { isAsApplied, isLastApplied, lastEditor } from './drift.ts';
import { FIELD_MANAGER } from './marks.ts';
import { applyingManager, conflictingManagers, otherOwner } from './ownership.ts';

/** What became of an object. */
export type Applied =
  | { readonly did: 'nothing' | 'created' | 'updated'; readonly live: KubeObject }
  /** Put back after somebody changed it. */
  | { readonly did: 'restored'; readonly live: KubeObject; readonly from: string }
  /** Left alone, because this manager applies it too. */
  | { readonly did: 'yielded'; readonly to: string }
  /** Not touched, because it belongs to somebody else. */
  | { readonly did: 'refused'; readonly owner: string };

/**
 * Brings one object to what it should be by server-side apply. Writes only a difference.
 *
 * @param live the object as it is, if it is known. One that is not known may be there nevertheless: then the apply, which is
 *   without force, is refused if it belongs to somebody else.
 */
export async function applyObject(
  api: Api,
  kind: Kind,
  desired: Desired,
  live: KubeObject | undefined,
  environment: KubeObject,
): Promise<Applied> {
  if (live !== undefined && isAsApplied(desired, live)) return { did: 'nothing', live };
  const restoring = live !== undefined && isLastApplied(desired, live);
  try {
    const written = await patch(api, kind, desired, false);
    if (live === undefined) return { did: isOursAlone(written) ? 'created' : 'updated', live: written };
    // Equal versions: what we had in the cache was behind, and nothing was to be done.
    if (written.metadata.resourceVersion === live.metadata.resourceVersion)
      return { did: 'nothing', live: written };
    return restoring
      ? { did: 'restored', live: written, from: lastEditor(live) ?? 'somebody' }
      : { did: 'updated', live: written };
  } catch (error) {
    // A field that another manager has is a conflict, and an object with two controllers is invalid.
    const managers = isApiError(error, 409) ? conflictingManagers(error) : [];
    const unknown = live === undefined && isApiError(error, 422);
    if (managers.length === 0 && !unknown) throw error;
    return overrule(api, kind, desired, environment, { error, managers });
  }
}

/** Takes fields back from who edited them; yields to who applies them or has the object. */
async function overrule(
  api: Api,
  kind: Kind,
  desired: Desired,
  environment: KubeObject,
  { error, managers }: { readonly error: unknown; readonly managers: readonly string[] },
): Promise<Applied> {
  const live = await read(api, kind, desired);
  const owner = live === undefined ? undefined : otherOwner(live, environment);
  if (owner !== undefined) return { did: 'refused', owner };
  if (live === undefined || managers.length === 0) throw error;
  const rival = applyingManager(live, managers);
  if (rival !== undefined) return { did: 'yielded', to: rival };
  // Force is for the object that was looked at: had somebody applied it since, the version would refuse us.
  const metadata = { ...desired.metadata, resourceVersion: live.metadata.resourceVersion };
  const written = await patch(api, kind, { ...desired, metadata }, true);
  return { did: 'restored', live: written, from: managers.join(', ') };
}

/** An object as the API server has it, if it is there. */
export async function read(api: Api, kind: Kind, { metadata }: Desired): Promise<KubeObject | undefined> {
  try {
    return await api.json<KubeObject>({ path: pathOf(kind, metadata.namespace, metadata.name) });
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}

/** Whether nobody but us has written an object. */
function isOursAlone({ metadata }: KubeObject): boolean {
  return (metadata.managedFields ?? []).every(({ manager }) => manager === FIELD_MANAGER);
}

function patch(api: Api, kind: Kind, body: Desired, force: boolean): Promise<KubeObject> {
  return api.json<KubeObject>({
    method: 'PATCH',
    path: pathOf(kind, body.metadata.namespace, body.metadata.name),
    query: { fieldManager: FIELD_MANAGER, force },
    contentType: 'application/apply-patch+yaml',
    body,
  });
}
