import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { KubeObject } from '../api/kube-object.ts';

/**
 * What an autoscaler says while fewer pods would do, and it waits or takes them one by one.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/podautoscaler/horizontal.go
 */
const HELD_BACK: ReadonlySet<string> = new Set(['ScaleDownStabilized', 'ScaleDownLimit']);

/** Of its connections, so much may be missing in the cost of a pod: each change is a write. */
const TOLERANCE = 0.1;

/** A pod as far as it matters for which goes first. */
export interface Candidate {
  readonly name: string;
  readonly connections: number;
  /** Its `controller.kubernetes.io/pod-deletion-cost`; 0 without one. */
  readonly deletionCost: number;
}

/**
 * Whether an autoscaler is about to take pods away. What it desires says nothing: once that is less, they are gone, and while it has
 * no metrics, it is what it was.
 */
export function takesPodsAway(autoscaler: KubeObject | undefined): boolean {
  const { spec, status } = (autoscaler ?? {}) as Partial<V2HorizontalPodAutoscaler>;
  if (status?.currentReplicas === undefined) return false;
  if (status.currentReplicas <= (spec?.minReplicas ?? 1)) return false;
  return (status.conditions ?? []).some((one) => one.status === 'True' && HELD_BACK.has(one.reason ?? ''));
}

/** New costs of pods, so that the one with the fewest connections goes first; those that are near enough stay. */
export function newDeletionCosts(pods: readonly Candidate[]): ReadonlyMap<string, number> {
  const wrong = pods.filter(
    ({ connections, deletionCost }) => Math.abs(connections - deletionCost) > TOLERANCE * connections,
  );
  return new Map(wrong.map(({ name, connections }) => [name, connections]));
}
