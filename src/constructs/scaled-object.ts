import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { Autoscaling } from '../spec/index.ts';
import { labels } from './labels.ts';
import { CONNECTIONS_METRIC, SCALING_BEHAVIOR } from './scaling-behavior.ts';

export interface ScaledObjectProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly spec: Pick<Autoscaling, 'min' | 'max' | 'cpuPercent' | 'memoryPercent' | 'connectionsTarget'>;
  readonly keda: NonNullable<Autoscaling['keda']>;
  /** Deployment that is scaled; the ScaledObject has its name. */
  readonly deploymentName: string;
}

/**
 * How many replicas there are, by KEDA. When Prometheus does not answer, KEDA's HorizontalPodAutoscaler still scales up by the
 * other triggers and sheds nothing.
 *
 * @see https://keda.sh/docs/latest/reference/scaledobject-spec/
 * @see https://keda.sh/docs/latest/scalers/prometheus/
 */
export class ScaledObject extends Construct {
  constructor(scope: Construct, id: string, props: ScaledObjectProps) {
    super(scope, id);
    const { instance, spec, deploymentName } = props;
    new ApiObject(this, 'object', {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: {
        name: deploymentName,
        labels: labels(instance, 'server'),
        // An autoscaler from before the change to KEDA goes once this is there, and would keep it from being accepted.
        annotations: { 'validations.keda.sh/hpa-ownership': 'false' },
      },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deploymentName },
        minReplicaCount: spec.min,
        maxReplicaCount: spec.max,
        advanced: { horizontalPodAutoscalerConfig: { behavior: SCALING_BEHAVIOR } },
        triggers: triggers(props, Chart.of(this).namespace),
      },
    });
  }
}

function triggers(
  { spec, keda, deploymentName }: ScaledObjectProps,
  namespace: string | undefined,
): object[] {
  const resource = (type: 'cpu' | 'memory', percent: number) => ({
    type,
    metricType: 'Utilization',
    metadata: { value: `${percent}` },
  });
  const { cpuPercent, memoryPercent, connectionsTarget } = spec;
  return [
    resource('cpu', cpuPercent),
    ...(memoryPercent === undefined ? [] : [resource('memory', memoryPercent)]),
    ...(connectionsTarget === undefined || keda.prometheus === undefined
      ? []
      : [
          {
            type: 'prometheus',
            metricType: 'AverageValue',
            metadata: {
              serverAddress: keda.prometheus,
              query: connectionsQuery(deploymentName, namespace),
              threshold: `${connectionsTarget}`,
            },
          },
        ]),
  ];
}

/** All sockets of a Deployment's pods, whose names end with the hash of their revision and a suffix. */
function connectionsQuery(deploymentName: string, namespace: string | undefined): string {
  const where = namespace === undefined ? '' : `namespace="${namespace}",`;
  return `sum(${CONNECTIONS_METRIC}{${where}pod=~"${deploymentName}-[^-]+-[^-]+"})`;
}
