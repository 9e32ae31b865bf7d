import type {
  V1Deployment,
  V1Ingress,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
} from '@kubernetes/client-node';
import type { LiveObject } from '../../delivery/cluster/index.ts';

/** How an object does, in a few words. */
export interface ObjectState {
  readonly kind: string;
  readonly name: string;
  readonly ready: boolean;
  readonly state: string;
}

/** The state of an object by its own status; what has none is ready when it is there. */
export function stateOf(object: LiveObject): ObjectState {
  const { kind, metadata } = object;
  return { kind, name: metadata.name, ...(STATES[kind]?.(object) ?? { ready: true, state: 'there' }) };
}

type State = Pick<ObjectState, 'ready' | 'state'>;

const STATES: Readonly<Record<string, (object: LiveObject) => State>> = {
  Deployment: workload,
  StatefulSet: workload,
  PersistentVolumeClaim: (object) => {
    const phase = (object as unknown as V1PersistentVolumeClaim).status?.phase ?? 'Pending';
    return { ready: phase === 'Bound', state: phase };
  },
  Ingress: (object) => {
    const addresses = (object as unknown as V1Ingress).status?.loadBalancer?.ingress ?? [];
    const where = addresses.flatMap(({ hostname, ip }) => hostname ?? ip ?? []);
    // Not every controller reports an address.
    return { ready: true, state: where.length === 0 ? 'no address is reported' : where.join(', ') };
  },
  HTTPRoute: (object) => {
    const { parents = [] } = (object.status ?? {}) as { parents?: readonly RouteParent[] };
    const conditions = parents.flatMap((parent) => parent.conditions ?? []);
    const refusal = conditions.find(({ status }) => status !== 'True');
    if (refusal !== undefined) return { ready: false, state: refusal.message ?? refusal.type };
    const accepted = conditions.some(({ type }) => type === 'Accepted');
    return { ready: accepted, state: accepted ? 'accepted' : 'no Gateway has accepted it' };
  },
};

interface RouteParent {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly message?: string;
  }[];
}

function workload(object: LiveObject): State {
  const { metadata, spec, status } = object as unknown as V1Deployment | V1StatefulSet;
  const wanted = spec?.replicas ?? 1;
  const { readyReplicas = 0, updatedReplicas = 0, observedGeneration = 0 } = status ?? {};
  const behind = observedGeneration < (metadata?.generation ?? 0);
  return {
    ready: !behind && readyReplicas >= wanted && updatedReplicas >= wanted,
    state: `${readyReplicas} of ${wanted} ready, ${updatedReplicas} updated`,
  };
}

/** Why a pod is not ready: what its containers wait for or ended with; undefined when it is ready. */
export function troubleOf(pod: LiveObject): ObjectState | undefined {
  const { metadata, status } = pod as unknown as V1Pod;
  const conditions = status?.conditions ?? [];
  if (conditions.some((one) => one.type === 'Ready' && one.status === 'True')) return undefined;
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const reasons = containers.flatMap(({ name, state, restartCount }) => {
    const reason = state?.waiting ?? state?.terminated;
    if (reason?.reason === undefined || reason.reason === 'Completed') return [];
    const restarts = restartCount > 0 ? `, ${restartCount} restarts` : '';
    return [`${name}: ${[reason.reason, reason.message].filter(Boolean).join(': ')}${restarts}`];
  });
  const unscheduled = conditions.find(
    ({ type, status: holds }) => type === 'PodScheduled' && holds !== 'True',
  );
  const state = reasons.join('; ') || unscheduled?.message || status?.phase || 'Pending';
  return { kind: 'Pod', name: metadata?.name ?? '', ready: false, state };
}
