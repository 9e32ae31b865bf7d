import type { ObjectApi } from '../../delivery/cluster/index.ts';
import { API_VERSION, type Condition, KIND } from '../../spec/index.ts';
import { environmentInCluster, frontDoorOf, INSTANCE, PART_OF, statusOf } from './environment-in-cluster.ts';
import { type ObjectState, stateOf, troubleOf } from './object-state.ts';

/** An environment as `tidegate status` shows it. */
export interface ShownStatus {
  readonly namespace: string;
  readonly name: string;
  readonly ready: boolean;
  readonly reason: string;
  readonly frontDoor: string;
  /** Where clients connect, as far as the operator says. */
  readonly urls: readonly string[];
  /** What the operator says; empty without one. */
  readonly conditions: readonly Condition[];
  /** Its objects, and those of its pods that are not ready. */
  readonly objects: readonly ObjectState[];
}

/** How an environment does: by the operator's conditions where there are some, else by its objects. */
export async function environmentStatus(
  api: ObjectApi,
  namespace: string,
  name: string,
): Promise<ShownStatus> {
  const [found, pods] = await Promise.all([
    environmentInCluster(api, namespace, name),
    api.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector: `${INSTANCE}=${name}` }),
  ]);
  const objects = [...found.objects.map(stateOf), ...pods.flatMap((pod) => troubleOf(pod) ?? [])];
  const status = statusOf(found);
  const conditions = status?.conditions ?? [];
  return {
    namespace,
    name,
    ...verdict(
      conditions,
      (status?.observedGeneration ?? 0) < (found.resource?.metadata.generation ?? 0),
      objects,
    ),
    frontDoor: frontDoorOf(found),
    urls: (status?.endpoints ?? []).map(({ url }) => url),
    conditions,
    objects,
  };
}

function verdict(
  conditions: readonly Condition[],
  behind: boolean,
  objects: readonly ObjectState[],
): Pick<ShownStatus, 'ready' | 'reason'> {
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready !== undefined && behind) {
    return { ready: false, reason: 'The operator has not seen the newest spec yet' };
  }
  if (ready !== undefined) return { ready: ready.status === 'True', reason: ready.message };
  const waiting = objects.filter((object) => !object.ready);
  if (objects.every(({ kind }) => kind !== 'Deployment')) {
    return { ready: false, reason: 'It has no server: nothing has delivered it, or it is being deleted' };
  }
  if (waiting.length === 0) return { ready: true, reason: `All ${objects.length} objects are ready` };
  const names = waiting.map(({ kind, name, state }) => `${kind} ${name} (${state})`);
  return { ready: false, reason: `Not ready: ${names.join(', ')}` };
}

/** Every environment, by its custom resource or the Deployment of its server. */
export async function allEnvironments(
  api: ObjectApi,
  namespace: string | undefined,
): Promise<readonly { readonly namespace: string; readonly name: string }[]> {
  const labelSelector = `${PART_OF},app.kubernetes.io/component=server`;
  const [resources, servers] = await Promise.all([
    api.list({ apiVersion: API_VERSION, kind: KIND }, { namespace }),
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
