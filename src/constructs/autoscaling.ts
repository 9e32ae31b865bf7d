import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { type Autoscaling as AutoscalingSpec, parseSection } from '../spec/index.ts';
import { HorizontalAutoscaler, podsMetric, resourceMetric } from './horizontal-autoscaler.ts';
import { prometheusTrigger, resourceTrigger, ScaledObject } from './scaled-object.ts';
import { podSeries } from './scaling-behavior.ts';
import { validateProps } from './validation.ts';

export interface AutoscalingProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly spec: AutoscalingSpec;
  /** Deployment that is scaled; what scales it has its name. */
  readonly deploymentName: string;
}

/** Metric of the server that counts its sockets, as Prometheus and what serves it to autoscalers name it. */
export const CONNECTIONS_METRIC = 'tidegate_connections';

/**
 * How many servers there are: a HorizontalPodAutoscaler, or KEDA's ScaledObject, which makes one. It is the only owner of the
 * number.
 */
export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, { instance, spec, deploymentName }: AutoscalingProps) {
    super(scope, id);
    validateProps(this, () => parseSection('autoscaling', spec));
    const { min, max, cpuPercent, memoryPercent, connectionsTarget, keda } = spec;
    const part = { instance, component: 'server', deploymentName, min, max } as const;
    if (keda === undefined) {
      new HorizontalAutoscaler(this, 'autoscaler', {
        ...part,
        metrics: [
          resourceMetric('cpu', cpuPercent),
          ...(memoryPercent === undefined ? [] : [resourceMetric('memory', memoryPercent)]),
          ...(connectionsTarget === undefined ? [] : [podsMetric(CONNECTIONS_METRIC, connectionsTarget)]),
        ],
      });
      return;
    }
    const sockets = `sum(${podSeries(CONNECTIONS_METRIC, Chart.of(this).namespace, deploymentName)})`;
    new ScaledObject(this, 'scaled-object', {
      ...part,
      triggers: [
        resourceTrigger('cpu', cpuPercent),
        ...(memoryPercent === undefined ? [] : [resourceTrigger('memory', memoryPercent)]),
        ...(connectionsTarget === undefined || keda.prometheus === undefined
          ? []
          : [prometheusTrigger(keda.prometheus, sockets, connectionsTarget)]),
      ],
    });
  }
}
