import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { STICKY_COOKIE } from './ingress-annotations.ts';
import { labels } from './labels.ts';

export interface EnvoyGatewayPoliciesProps {
  /** Name of the environment, of its HTTPRoute, and of the policies. */
  readonly instance: string;
  /** How long a silent socket may stay open. */
  readonly idleSeconds: number;
  /** Whether a cookie brings a client back to its replica; false by default. */
  readonly sticky?: boolean;
  /** Gateway in the same namespace, to have a ClientTrafficPolicy for it; none by default. */
  readonly ownGateway?: string;
}

/**
 * What Envoy Gateway needs beside an HTTPRoute. It upgrades WebSockets by itself unless a policy of the Gateway lists other
 * upgrades, gives each new socket to the replica with the fewest, and lets sockets of a leaving replica be. Without a request
 * timeout it cuts no silent socket of the route; towards clients it does after 5 minutes unless a ClientTrafficPolicy says
 * otherwise, which holds for all routes of the Gateway.
 *
 * @see https://gateway.envoyproxy.io/docs/api/extension_types/#backendtrafficpolicyspec
 * @see https://gateway.envoyproxy.io/docs/api/extension_types/#clienttrafficpolicyspec
 */
export class EnvoyGatewayPolicies extends Construct {
  constructor(scope: Construct, id: string, props: EnvoyGatewayPoliciesProps) {
    super(scope, id);
    const { instance, idleSeconds, sticky, ownGateway } = props;
    const idle = `${idleSeconds}s`;
    const policy = (
      policyId: string,
      kind: string,
      target: { readonly kind: string; readonly name: string },
      settings: object,
    ) =>
      new ApiObject(this, policyId, {
        apiVersion: 'gateway.envoyproxy.io/v1alpha1',
        kind,
        metadata: { name: instance, labels: labels(instance, 'route') },
        spec: { targetRefs: [{ group: 'gateway.networking.k8s.io', ...target }], ...settings },
      });
    policy(
      'backend',
      'BackendTrafficPolicy',
      { kind: 'HTTPRoute', name: instance },
      {
        httpUpgrade: [{ type: 'websocket' }],
        loadBalancer:
          sticky === true
            ? { type: 'ConsistentHash', consistentHash: { type: 'Cookie', cookie: { name: STICKY_COOKIE } } }
            : { type: 'LeastRequest' },
        timeout: { http: { requestTimeout: '0s', connectionIdleTimeout: idle } },
      },
    );
    if (ownGateway === undefined) return;
    policy(
      'client',
      'ClientTrafficPolicy',
      { kind: 'Gateway', name: ownGateway },
      { timeout: { http: { idleTimeout: idle, streamIdleTimeout: idle } } },
    );
  }
}
