import type { k8s } from 'cdk8s-plus-34';
import { SCALING } from '../spec/index.ts';
import type { Component } from './labels.ts';

/** A Deployment whose number of replicas has an owner. */
export interface ScaledPart {
  /** Name of the environment. */
  readonly instance: string;
  readonly component: Component;
  /** Deployment that is scaled; what scales it has its name. */
  readonly deploymentName: string;
  readonly min: number;
  readonly max: number;
}

/** How fast an autoscaler adds replicas, and how slowly it takes them away. */
export const SCALING_BEHAVIOR: k8s.HorizontalPodAutoscalerBehaviorV2 = {
  scaleUp: {
    policies: [{ type: 'Percent', value: SCALING.up.percent, periodSeconds: SCALING.up.periodSeconds }],
  },
  scaleDown: {
    stabilizationWindowSeconds: SCALING.down.calmSeconds,
    policies: [{ type: 'Pods', value: SCALING.down.pods, periodSeconds: SCALING.down.periodSeconds }],
  },
};

/**
 * Selects the series of a Deployment's pods, whose names end with the hash of their revision and a suffix.
 *
 * @param deployments name of the Deployment, or a regular expression for several
 */
export function podSeries(metric: string, namespace: string | undefined, deployments: string): string {
  const where = namespace === undefined ? '' : `namespace="${namespace}",`;
  return `${metric}{${where}pod=~"${deployments}-[^-]+-[^-]+"}`;
}
