import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import type { Autoscaling as AutoscalingSpec } from '../spec/index.ts';
import { labels } from './labels.ts';

export interface AutoscalingProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly spec: AutoscalingSpec;
  /** Deployment that is scaled; the HorizontalPodAutoscaler has its name. */
  readonly deploymentName: string;
}

/** How many replicas there are: a HorizontalPodAutoscaler, the only owner of the number. */
export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, { instance, spec, deploymentName }: AutoscalingProps) {
    super(scope, id);
    new k8s.KubeHorizontalPodAutoscalerV2(this, 'autoscaler', {
      metadata: { name: deploymentName, labels: labels(instance, 'server') },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deploymentName },
        minReplicas: spec.min,
        maxReplicas: spec.max,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: spec.cpuPercent } },
          },
        ],
        behavior: {
          // A wave of connects must be met at once; every replica that goes moves its sockets, so a lull sheds none.
          scaleUp: { policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
          scaleDown: {
            stabilizationWindowSeconds: 600,
            policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
          },
        },
      },
    });
  }
}
