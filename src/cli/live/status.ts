import { INSTANCE, SERVER_PODS } from '../../constructs/index.ts';
import { healths, isForbidden, type ObjectApi, type ObjectHealth } from '../../delivery/cluster/index.ts';
import { API_VERSION, type Condition, KIND } from '../../spec/index.ts';
import { environmentInCluster, frontDoorsOf, statusOf } from './environment-in-cluster.ts';

/** An environment as `tidegate status` shows it. */
export interface ShownStatus {
  readonly namespace: string;
  readonly name: string;
  readonly ready: boolean;
  readonly reason: string;
  /** Who delivered it; empty when its objects do not say so. */
  readonly frontDoor: string;
  /** Where clients connect, as far as the operator says. */
  readonly urls: readonly string[];
  /** What the operator says; empty without one. */
  readonly conditions: readonly Condition[];
  /** Its objects, and those of its pods that are not ready. */
  readonly objects: readonly ObjectHealth[];
}

/** How an environment does: by the operator's conditions where there are some, else by its objects. */
export async function environmentStatus(
  api: ObjectApi,
  namespace: string,
  name: string,
): Promise<ShownStatus> {
  const found = await environmentInCluster(api, namespace, name);
  const seen = await healths(api, { namespace, name }, found.objects);
  const objects = [...seen.objects, ...seen.pods.filter(({ state }) => state !== 'ready')];
  const status = statusOf(found);
  const conditions = status?.conditions ?? [];
  return {
    namespace,
    name,
    ...verdict(
      conditions,
      (status?.observedGeneration ?? 0) < (found.resource?.metadata.generation ?? 0),
      seen.objects,
      found.unseen.length === 0,
    ),
    frontDoor: frontDoorsOf(found).join(' and '),
    urls: (status?.endpoints ?? []).map(({ url }) => url),
    conditions,
    objects,
  };
}

function verdict(
  conditions: readonly Condition[],
  behind: boolean,
  objects: readonly ObjectHealth[],
  isWhole: boolean,
): Pick<ShownStatus, 'ready' | 'reason'> {
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready !== undefined && behind) {
    return { ready: false, reason: 'The operator has not seen the newest spec yet' };
  }
  if (ready !== undefined) return { ready: ready.status === 'True', reason: ready.message };
  const open = objects.filter(({ state }) => state !== 'ready');
  if (objects.every(({ kind }) => kind !== 'Deployment')) {
    return { ready: false, reason: 'It has no server: nothing has delivered it, or it is being deleted' };
  }
  if (open.length === 0) {
    const seen = isWhole ? '' : ' that you may see';
    return { ready: true, reason: `All ${objects.length} objects${seen} are ready` };
  }
  const worst = open.filter(({ state }) => state === 'stuck');
  const told = (worst.length > 0 ? worst : open).map(
    ({ kind, name, reason }) => `${kind} ${name}: ${reason}`,
  );
  return { ready: false, reason: told.join('; ') };
}

/** Every environment, by its custom resource or the Deployment of its server. */
export async function allEnvironments(
  api: ObjectApi,
  namespace: string | undefined,
): Promise<readonly { readonly namespace: string; readonly name: string }[]> {
  const labelSelector = SERVER_PODS;
  const [resources, servers] = await Promise.all([
    // Who may not see these sees their servers.
    api.list({ apiVersion: API_VERSION, kind: KIND }, { namespace }).catch((error) => {
      if (!isForbidden(error)) throw error;
      return [];
    }),
    api.list({ apiVersion: 'apps/v1', kind: 'Deployment' }, { namespace, labelSelector }),
  ]);
  const keys = [
    ...resources.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    ...servers.map(({ metadata }) => `${metadata.namespace}/${metadata.labels?.[INSTANCE]}`),
  ];
  return [...new Set(keys)].sort().map((key) => {
    const [namespace = '', name = ''] = key.split('/');
    return { namespace, name };
  });
}
