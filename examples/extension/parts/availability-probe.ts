import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';

/** Kind of the object, as the API server addresses it. */
export const PROBE = { apiVersion: 'monitoring.coreos.com/v1', kind: 'Probe', plural: 'probes' };

export interface AvailabilityProbeProps {
  /** Name of the environment. */
  readonly instance: string;
  /** Host name that clients connect to. */
  readonly host: string;
}

/**
 * Asks from outside, through the route, whether the environment answers: a Probe of the Prometheus Operator by Acme's
 * blackbox exporter.
 */
export class AvailabilityProbe extends Construct {
  constructor(scope: Construct, id: string, { instance, host }: AvailabilityProbeProps) {
    super(scope, id);
    new ApiObject(this, 'probe', {
      apiVersion: PROBE.apiVersion,
      kind: PROBE.kind,
      metadata: { name: `${instance}-availability` },
      spec: {
        module: 'http_2xx',
        interval: '30s',
        prober: { url: 'blackbox-exporter.monitoring.svc:9115' },
        targets: { staticConfig: { static: [`https://${host}/healthz`] } },
      },
    });
  }
}
