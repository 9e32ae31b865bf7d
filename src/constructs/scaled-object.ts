import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { labels } from './labels.ts';
import { SCALING_BEHAVIOR, type ScaledPart } from './scaling-behavior.ts';

/** What KEDA looks at; the largest of what triggers ask for counts. */
export interface Trigger {
  readonly type: string;
  readonly metricType: 'Utilization' | 'AverageValue';
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ScaledObjectProps extends ScaledPart {
  readonly triggers: readonly Trigger[];
}

/**
 * How many replicas there are, by KEDA. When Prometheus does not answer, KEDA's HorizontalPodAutoscaler still scales up by the
 * other triggers and sheds nothing.
 *
 * @see https://keda.sh/docs/latest/reference/scaledobject-spec/
 */
export class ScaledObject extends Construct {
  constructor(scope: Construct, id: string, props: ScaledObjectProps) {
    super(scope, id);
    new ApiObject(this, 'object', {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: {
        name: props.deploymentName,
        labels: labels(props.instance, props.component),
        // An autoscaler from before the change to KEDA goes once this is there, and would keep it from being accepted.
        annotations: { 'validations.keda.sh/hpa-ownership': 'false' },
      },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: props.deploymentName },
        minReplicaCount: props.min,
        maxReplicaCount: props.max,
        advanced: { horizontalPodAutoscalerConfig: { behavior: SCALING_BEHAVIOR } },
        triggers: props.triggers,
      },
    });
  }
}

/** Mean use of CPU or memory, in percent of the request. */
export function resourceTrigger(type: 'cpu' | 'memory', percent: number): Trigger {
  return { type, metricType: 'Utilization', metadata: { value: `${percent}` } };
}

/**
 * A number that Prometheus knows, divided by the replicas.
 *
 * @see https://keda.sh/docs/latest/scalers/prometheus/
 */
export function prometheusTrigger(serverAddress: string, query: string, threshold: number): Trigger {
  return {
    type: 'prometheus',
    metricType: 'AverageValue',
    metadata: { serverAddress, query, threshold: `${threshold}` },
  };
}
