import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { labels } from './labels.ts';
import { SCALING_BEHAVIOR, type ScaledPart } from './scaling-behavior.ts';

export interface HorizontalAutoscalerProps extends ScaledPart {
  readonly metrics: k8s.MetricSpecV2[];
}

/** How many replicas there are, by Kubernetes itself: the largest of what metrics ask for. */
export class HorizontalAutoscaler extends Construct {
  constructor(scope: Construct, id: string, props: HorizontalAutoscalerProps) {
    super(scope, id);
    new k8s.KubeHorizontalPodAutoscalerV2(this, 'autoscaler', {
      metadata: { name: props.deploymentName, labels: labels(props.instance, props.component) },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: props.deploymentName },
        minReplicas: props.min,
        maxReplicas: props.max,
        metrics: props.metrics,
        behavior: SCALING_BEHAVIOR,
      },
    });
  }
}

/** Mean use of CPU or memory, in percent of the request. */
export function resourceMetric(name: 'cpu' | 'memory', averageUtilization: number): k8s.MetricSpecV2 {
  return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
}

/** Mean of a metric that pods have, which an adapter brings to the API server. */
export function podsMetric(name: string, average: number): k8s.MetricSpecV2 {
  return {
    type: 'Pods',
    pods: {
      metric: { name },
      target: { type: 'AverageValue', averageValue: k8s.Quantity.fromString(`${average}`) },
    },
  };
}
