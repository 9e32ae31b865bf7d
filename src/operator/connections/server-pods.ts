import type { V1Pod } from '@kubernetes/client-node';
import { INSTANCE, SERVER_PODS, selectorOf } from '../../constructs/index.ts';
import type { Api } from '../api/api-client.ts';
import { type Kind, pathOf } from '../kinds.ts';

export const POD: Kind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods' };
/**
 * Annotation by which a ReplicaSet chooses the pods that go first, those with the lowest.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#pod-deletion-cost
 */
export const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
/** Name of the port that servers are reached by. */
const PORT = 'http';

/** A server that can be asked. */
export interface ServerPod {
  readonly name: string;
  readonly uid: string;
  /** Where it tells its metrics. */
  readonly url: string;
  /** Whether clients are sent to it. */
  readonly ready: boolean;
  readonly deletionCost: number;
}

/** Which of the server pods of a namespace. */
export interface PodSelection {
  readonly namespace: string;
  /** One of this name; any by default. */
  readonly name?: string | undefined;
  /** Selects further by labels. */
  readonly labelSelector?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Server pods that run and have an address.
 *
 * @throws ApiError when the selector is no selector
 */
export async function serverPods(api: Api, selection: PodSelection): Promise<readonly ServerPod[]> {
  const { namespace, name, labelSelector, signal } = selection;
  const { items } = await api.json<{ readonly items: readonly V1Pod[] }>({
    path: pathOf(POD, namespace),
    query: {
      labelSelector: labelSelector ? `${SERVER_PODS},${labelSelector}` : SERVER_PODS,
      ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
      // From the API server's cache: what is a moment old is good enough to count by.
      resourceVersion: 0,
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return items.flatMap(reachable);
}

/** Server pods of an environment. */
export function serversOf(
  api: Api,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<readonly ServerPod[]> {
  return serverPods(api, { namespace, labelSelector: selectorOf({ [INSTANCE]: name }) });
}

function reachable({ metadata, spec, status }: V1Pod): readonly ServerPod[] {
  const ports = spec?.containers.flatMap((container) => container.ports ?? []);
  const port = ports?.find((one) => one.name === PORT)?.containerPort;
  const address = status?.podIP;
  if (status?.phase !== 'Running' || address === undefined || port === undefined) return [];
  const host = address.includes(':') ? `[${address}]` : address;
  const isReady = status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
  return [
    {
      name: metadata?.name ?? '',
      uid: metadata?.uid ?? '',
      url: `http://${host}:${port}/metrics`,
      ready: isReady && metadata?.deletionTimestamp === undefined,
      deletionCost: Number(metadata?.annotations?.[DELETION_COST] ?? 0),
    },
  ];
}
