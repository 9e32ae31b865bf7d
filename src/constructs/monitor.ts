import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Observability } from '../spec/index.ts';
import { COMPONENT, INSTANCE, labels } from './labels.ts';

export interface MonitorProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly spec: NonNullable<Observability['monitor']>;
}

/** Value of the label `job` of every series of an environment's servers. */
export function jobOf(instance: string): string {
  return `${instance}-server`;
}

/**
 * Has Prometheus read `/metrics` of every replica, and of every worker of tasks. A PodMonitor, not a ServiceMonitor: a replica that drains has left its
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
        selector: {
          matchLabels: { [INSTANCE]: instance },
          matchExpressions: [{ key: COMPONENT, operator: 'In', values: ['server', 'worker'] }],
        },
        podMetricsEndpoints: [
          {
            port: 'http',
            path: '/metrics',
            interval: `${spec.intervalSeconds}s`,
            // Alerts and dashboards select by it, and it does not depend on how this object is called.
            relabelings: [
              {
                sourceLabels: ['__meta_kubernetes_pod_label_app_kubernetes_io_component'],
                targetLabel: 'job',
                replacement: `${instance}-$1`,
              },
            ],
          },
        ],
      },
    });
  }
}
