import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import type { Autoscaling as AutoscalingSpec } from '../spec/index.ts';
import { labels } from './labels.ts';
import { ScaledObject } from './scaled-object.ts';
import { CONNECTIONS_METRIC, SCALING_BEHAVIOR } from './scaling-behavior.ts';

export interface AutoscalingProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly spec: AutoscalingSpec;
  /** Deployment that is scaled; what scales it has its name. */
  readonly deploymentName: string;
}

/**
 * How many replicas there are: a HorizontalPodAutoscaler, or KEDA's ScaledObject, which makes one. It is the only owner of the
 * number. The largest of what its metrics ask for counts.
 */
export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, { instance, spec, deploymentName }: AutoscalingProps) {
    super(scope, id);
    if (spec.keda !== undefined) {
      new ScaledObject(this, 'scaled-object', { instance, spec, keda: spec.keda, deploymentName });
      return;
    }
    new k8s.KubeHorizontalPodAutoscalerV2(this, 'autoscaler', {
      metadata: { name: deploymentName, labels: labels(instance, 'server') },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deploymentName },
        minReplicas: spec.min,
        maxReplicas: spec.max,
        metrics: metrics(spec),
        behavior: SCALING_BEHAVIOR,
      },
    });
  }
}

function metrics({ cpuPercent, memoryPercent, connectionsTarget }: AutoscalingSpec): k8s.MetricSpecV2[] {
  const resource = (name: string, averageUtilization: number): k8s.MetricSpecV2 => ({
    type: 'Resource',
    resource: { name, target: { type: 'Utilization', averageUtilization } },
  });
  return [
    resource('cpu', cpuPercent),
    ...(memoryPercent === undefined ? [] : [resource('memory', memoryPercent)]),
    ...(connectionsTarget === undefined ? [] : [connections(connectionsTarget)]),
  ];
}

function connections(target: number): k8s.MetricSpecV2 {
  return {
    type: 'Pods',
    pods: {
      metric: { name: CONNECTIONS_METRIC },
      target: { type: 'AverageValue', averageValue: k8s.Quantity.fromString(`${target}`) },
    },
  };
}
