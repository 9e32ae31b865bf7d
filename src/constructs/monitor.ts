import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Observability } from '../spec/index.ts';
import { labels, selectorLabels } from './labels.ts';

export interface MonitorProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly spec: NonNullable<Observability['monitor']>;
}

/** Value of the label `job` of every series of an environment. */
export function jobOf(instance: string): string {
  return `${instance}-server`;
}

/**
 * Has Prometheus read `/metrics` of every replica. A PodMonitor, not a ServiceMonitor: a replica that drains has left its
 * Service, and is to be seen until its last socket has gone.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
 */
export class Monitor extends Construct {
  constructor(scope: Construct, id: string, { instance, spec }: MonitorProps) {
    super(scope, id);
    new ApiObject(this, 'monitor', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: `${instance}-server`, labels: { ...spec.labels, ...labels(instance, 'server') } },
      spec: {
        selector: { matchLabels: selectorLabels(instance, 'server') },
        podMetricsEndpoints: [
          {
            port: 'http',
            path: '/metrics',
            interval: `${spec.intervalSeconds}s`,
            // Alerts and dashboards select by it, and it does not depend on how this object is called.
            relabelings: [{ targetLabel: 'job', replacement: jobOf(instance) }],
          },
        ],
      },
    });
  }
}
