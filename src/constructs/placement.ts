import type { k8s } from 'cdk8s-plus-34';
import type { Scheduling } from '../spec/index.ts';

/**
 * Where pods may run, in the words of a pod.
 *
 * @param revisionLabel by which the controller tells pods of one revision from others; that of a Deployment by default
 */
export function placement(
  { nodeSelector, tolerations, priorityClassName, topologySpread }: Scheduling,
  selector: Record<string, string>,
  revisionLabel = 'pod-template-hash',
): Partial<k8s.PodSpec> {
  const spread = topologySpread ?? DEFAULT_SPREAD;
  return {
    nodeSelector: Object.keys(nodeSelector ?? {}).length > 0 ? nodeSelector : undefined,
    tolerations: tolerations?.map((toleration) => ({ ...toleration })),
    priorityClassName,
    ...(spread.length > 0 && {
      topologySpreadConstraints: spread.map(({ topologyKey, maxSkew, whenUnsatisfiable }) => ({
        maxSkew,
        topologyKey,
        whenUnsatisfiable,
        labelSelector: { matchLabels: selector },
        // Counts the pods of one revision apart, or a rollout would spread new pods around the old ones.
        matchLabelKeys: [revisionLabel],
      })),
    }),
  };
}

const DEFAULT_SPREAD: NonNullable<Scheduling['topologySpread']> = [
  'topology.kubernetes.io/zone',
  'kubernetes.io/hostname',
].map((topologyKey) => ({ topologyKey, maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' }));
