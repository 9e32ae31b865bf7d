import type { Api } from '../api/api-client.ts';
import { type ApiError, isApiError } from '../api/api-error.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { type Kind, pathOf } from '../kinds.ts';
import type { Desired } from './desired.ts';
import { isAsApplied, isLastApplied, lastEditor } from './drift.ts';
import { FIELD_MANAGER } from './marks.ts';
import { applyingManager, conflictingManagers } from './ownership.ts';

/** What became of an object. */
export type Applied =
  | { readonly did: 'nothing' | 'created' | 'updated'; readonly live: KubeObject }
  /** Put back after somebody changed it. */
  | { readonly did: 'restored'; readonly live: KubeObject; readonly from: string }
  /** Left alone, because this manager applies it too. */
  | { readonly did: 'yielded'; readonly to: string };

/** Brings one object to what it should be by server-side apply. Writes only a difference. */
export async function applyObject(
  api: Api,
  kind: Kind,
  desired: Desired,
  live: KubeObject | undefined,
): Promise<Applied> {
  if (live !== undefined && isAsApplied(desired, live)) return { did: 'nothing', live };
  const restoring = live !== undefined && isLastApplied(desired, live);
  try {
    const written = await patch(api, kind, desired, false);
    if (live === undefined) return { did: 'created', live: written };
    // Equal versions: what we had in the cache was behind, and nothing was to be done.
    if (written.metadata.resourceVersion === live.metadata.resourceVersion)
      return { did: 'nothing', live: written };
    return restoring
      ? { did: 'restored', live: written, from: lastEditor(live) ?? 'somebody' }
      : { did: 'updated', live: written };
  } catch (error) {
    const managers = isApiError(error, 409) ? conflictingManagers(error as ApiError) : [];
    if (managers.length === 0) throw error;
    return overrule(api, kind, desired, managers);
  }
}

/** Takes fields back from who edited them; yields to who applies them. */
async function overrule(
  api: Api,
  kind: Kind,
  desired: Desired,
  managers: readonly string[],
): Promise<Applied> {
  const { name, namespace } = desired.metadata;
  const live = await api.json<KubeObject>({ path: pathOf(kind, namespace, name) });
  const rival = applyingManager(live, managers);
  if (rival !== undefined) return { did: 'yielded', to: rival };
  // Force is for the object that was looked at: had somebody applied it since, the version would refuse us.
  const metadata = { ...desired.metadata, resourceVersion: live.metadata.resourceVersion };
  const written = await patch(api, kind, { ...desired, metadata }, true);
  return { did: 'restored', live: written, from: managers.join(', ') };
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
