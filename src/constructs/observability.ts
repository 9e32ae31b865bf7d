import { Construct } from 'constructs';
import type { Derived, EnvironmentSpec } from '../spec/index.ts';
import { alertSubject } from './alert-subject.ts';
import { Alerts } from './alerts.ts';
import { Dashboard } from './dashboard.ts';
import { jobOf, Monitor } from './monitor.ts';

export interface ObservabilityProps {
  /** Name of the environment. */
  readonly instance: string;
  readonly namespace: string;
  readonly spec: EnvironmentSpec;
  readonly derived: Derived;
}

/** What is seen of an environment: a monitor, alerts and a dashboard, each if it is asked for. */
export class Observability extends Construct {
  constructor(scope: Construct, id: string, { instance, namespace, spec, derived }: ObservabilityProps) {
    super(scope, id);
    const { monitor, alerts, dashboard } = spec.observability ?? {};
    const job = jobOf(instance);
    if (monitor !== undefined) new Monitor(this, 'monitor', { instance, spec: monitor });
    if (alerts !== undefined) {
      const subject = alertSubject({ namespace, job }, spec, derived);
      new Alerts(this, 'alerts', { instance, spec: alerts, subject });
    }
    if (dashboard !== undefined) {
      new Dashboard(this, 'dashboard', { instance, namespace, job, spec: dashboard });
    }
  }
}
