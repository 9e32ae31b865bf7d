import type { V1Deployment, V1StatefulSet } from '@kubernetes/client-node';
import type { KubeObject } from '../api/kube-object.ts';

/** Why pods may not be what the tree says, in a sentence without its full stop; undefined when all of them are. */
export function unsettledBecause(
  workloads: readonly { readonly name: string; readonly live: KubeObject | undefined }[],
): string | undefined {
  const open = workloads.filter(({ live }) => live === undefined || !isRolledOut(live));
  return open.length === 0
    ? undefined
    : `the pods of ${open.map(({ name }) => name).join(', ')} are not all new and ready`;
}

/** Whether all pods of a Deployment or StatefulSet are of its newest template, and ready, and there are no others. */
function isRolledOut(live: KubeObject): boolean {
  const { metadata, spec, status } = live as unknown as V1Deployment | V1StatefulSet;
  if (status === undefined || (status.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return false;
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, readyReplicas = 0, updatedReplicas = 0 } = status;
  return readyReplicas >= wanted && updatedReplicas >= wanted && replicas <= wanted;
}
