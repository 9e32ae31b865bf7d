import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { labels } from './labels.ts';

export interface GkeBackendProps {
  /** Name of the environment, and of the objects. */
  readonly instance: string;
  readonly service: { readonly name: string; readonly port: number };
  readonly timeouts: { readonly drainSeconds: number };
  /** Whether a cookie brings a client back to its replica; false by default. */
  readonly sticky?: boolean;
}

/**
 * Life of a socket in seconds. Google's timeout of a backend counts from the upgrade, not from the last frame, and is 30 s
 * unless set; a day is the most that is advised.
 *
 * @see https://cloud.google.com/load-balancing/docs/backend-service#timeout-setting
 */
const LONGEST_LIFE = 86_400;
const LONGEST_DRAIN = 3_600;
/** A cookie that ends with the browser. */
const SESSION_COOKIE = 0;
const READY = '/readyz';

/**
 * What a GKE Ingress needs beside it: a BackendConfig, which the Service names in an annotation.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration
 */
export class GkeIngressBackend extends Construct {
  constructor(scope: Construct, id: string, { instance, service, timeouts, sticky }: GkeBackendProps) {
    super(scope, id);
    new ApiObject(this, 'config', {
      apiVersion: 'cloud.google.com/v1',
      kind: 'BackendConfig',
      metadata: { name: instance, labels: labels(instance, 'route') },
      spec: {
        timeoutSec: LONGEST_LIFE,
        connectionDraining: { drainingTimeoutSec: Math.min(timeouts.drainSeconds, LONGEST_DRAIN) },
        healthCheck: { type: 'HTTP', requestPath: READY, port: service.port },
        ...(sticky === true && {
          sessionAffinity: { affinityType: 'GENERATED_COOKIE', affinityCookieTtlSec: SESSION_COOKIE },
        }),
      },
    });
  }
}

/**
 * What a GKE Gateway needs beside an HTTPRoute: a GCPBackendPolicy and a HealthCheckPolicy for the Service.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/configure-gateway-resources
 */
export class GkeGatewayPolicies extends Construct {
  constructor(scope: Construct, id: string, { instance, service, timeouts, sticky }: GkeBackendProps) {
    super(scope, id);
    const policy = (policyId: string, kind: string, settings: object) =>
      new ApiObject(this, policyId, {
        apiVersion: 'networking.gke.io/v1',
        kind,
        metadata: { name: instance, labels: labels(instance, 'route') },
        spec: { targetRef: { group: '', kind: 'Service', name: service.name }, default: settings },
      });
    policy('backend', 'GCPBackendPolicy', {
      timeoutSec: LONGEST_LIFE,
      connectionDraining: { drainingTimeoutSec: Math.min(timeouts.drainSeconds, LONGEST_DRAIN) },
      ...(sticky === true && {
        sessionAffinity: { type: 'GENERATED_COOKIE', cookieTtlSec: SESSION_COOKIE },
      }),
    });
    policy('health', 'HealthCheckPolicy', {
      config: { type: 'HTTP', httpHealthCheck: { port: service.port, requestPath: READY } },
    });
  }
}
