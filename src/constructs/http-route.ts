import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { GatewayRoute } from '../spec/index.ts';
import { labels } from './labels.ts';

export interface HttpRouteProps {
  /** Name of the environment, and of the HTTPRoute. */
  readonly instance: string;
  readonly host: string;
  readonly spec: GatewayRoute;
  readonly service: { readonly name: string; readonly port: number };
}

/**
 * Route by a Gateway API HTTPRoute. The request timeout is off, since a socket is one long request; the idle timeout of a
 * Gateway is its implementation's own, and pings come more often than any.
 *
 * @see https://gateway-api.sigs.k8s.io/reference/spec/#httproute
 */
export class HttpRoute extends Construct {
  constructor(scope: Construct, id: string, { instance, host, spec, service }: HttpRouteProps) {
    super(scope, id);
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
            timeouts: { request: '0s' },
            backendRefs: [{ name: service.name, port: service.port }],
          },
        ],
      },
    });
  }
}
