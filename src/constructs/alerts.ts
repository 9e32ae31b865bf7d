import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Observability } from '../spec/index.ts';
import { alertRules } from './alert-rules.ts';
import type { AlertSubject } from './alert-subject.ts';
import { labels } from './labels.ts';

export interface AlertsProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly spec: NonNullable<Observability['alerts']>;
  /** Series the alerts are about, and the sizes at which they go off. */
  readonly subject: AlertSubject;
}

/**
 * Alerts for Prometheus: a PrometheusRule.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
 */
export class Alerts extends Construct {
  constructor(scope: Construct, id: string, { instance, spec, subject }: AlertsProps) {
    super(scope, id);
    new ApiObject(this, 'rules', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: `${instance}-server`, labels: { ...spec.labels, ...labels(instance, 'server') } },
      spec: { groups: [{ name: `tidegate.${instance}`, rules: alertRules(subject) }] },
    });
  }
}
