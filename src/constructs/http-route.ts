import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { GatewayRoute } from '../spec/index.ts';
import { EnvoyGatewayPolicies } from './envoy-gateway-policies.ts';
import { GkeGatewayPolicies } from './gke-backend.ts';
import { labels } from './labels.ts';

export interface HttpRouteProps {
  /** Name of the environment, and of the HTTPRoute. */
  readonly instance: string;
  readonly host: string;
  readonly spec: GatewayRoute;
  readonly service: { readonly name: string; readonly port: number };
  /** For the policies of an implementation that is named; times in seconds. */
  readonly timeouts: { readonly idleSeconds: number; readonly drainSeconds: number };
  /** Whether a cookie brings a client back to its replica; false by default. */
  readonly sticky?: boolean;
}

/**
 * Route by a Gateway API HTTPRoute. The request timeout is off, since a socket is one long request; the idle timeout of a
 * Gateway is its implementation's own, and pings come more often than any. An implementation that is named gets its policies;
 * GKE's timeouts are in its policy alone.
 *
 * @see https://gateway-api.sigs.k8s.io/reference/spec/#httproute
 */
export class HttpRoute extends Construct {
  constructor(scope: Construct, id: string, props: HttpRouteProps) {
    super(scope, id);
    const { instance, host, spec, service, timeouts, sticky } = props;
    new ApiObject(this, 'route', {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: instance, labels: labels(instance, 'route') },
      spec: {
        parentRefs: [
          {
            group: 'gateway.networking.k8s.io',
            kind: 'Gateway',
            name: spec.name,
            ...(spec.namespace === undefined ? {} : { namespace: spec.namespace }),
            ...(spec.sectionName === undefined ? {} : { sectionName: spec.sectionName }),
          },
        ],
        hostnames: [host],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            ...(spec.implementation === 'gke' ? {} : { timeouts: { request: '0s' } }),
            backendRefs: [{ name: service.name, port: service.port }],
          },
        ],
      },
    });
    if (spec.implementation === 'gke') {
      new GkeGatewayPolicies(this, 'policies', { instance, service, timeouts, sticky });
    }
    if (spec.implementation === 'envoy-gateway') {
      new EnvoyGatewayPolicies(this, 'policies', {
        instance,
        idleSeconds: timeouts.idleSeconds,
        sticky,
        ...(spec.clientTrafficPolicy === true ? { ownGateway: spec.name } : {}),
      });
    }
  }
}
