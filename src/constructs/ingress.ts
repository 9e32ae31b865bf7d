import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { controllerOf, type IngressRoute } from '../spec/index.ts';
import { GkeIngressBackend } from './gke-backend.ts';
import { type IngressNeeds, ingressAnnotations } from './ingress-annotations.ts';
import { labels } from './labels.ts';

export interface IngressProps {
  /** Name of the environment, and of the Ingress. */
  readonly instance: string;
  readonly host: string;
  readonly spec: IngressRoute;
  readonly service: { readonly name: string; readonly port: number };
  readonly timeouts: Pick<IngressNeeds, 'idleSeconds' | 'drainSeconds'>;
  /** Whether a cookie brings a client back to its replica; false by default. */
  readonly sticky?: boolean;
}

/** Route by an Ingress, with the annotations its controller needs for WebSockets. */
export class Ingress extends Construct {
  constructor(scope: Construct, id: string, props: IngressProps) {
    super(scope, id);
    const { spec, host, service } = props;
    const controller = controllerOf(spec);
    const needs = {
      ...props.timeouts,
      service: service.name,
      className: spec.className,
      tls: spec.tls !== undefined,
      sticky: props.sticky ?? false,
    };
    new k8s.KubeIngress(this, 'ingress', {
      metadata: {
        name: props.instance,
        labels: labels(props.instance, 'route'),
        annotations: {
          ...ingressAnnotations[controller](needs),
          ...spec.annotations,
        },
      },
      spec: {
        // GKE's controller takes no Ingress that has one; its class is an annotation.
        ...(controller === 'gke' ? {} : { ingressClassName: spec.className }),
        ...(spec.tls === undefined ? {} : { tls: [{ hosts: [host], secretName: spec.tls.secretName }] }),
        rules: [
          {
            host,
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: service.name, port: { number: service.port } } },
                },
              ],
            },
          },
        ],
      },
    });
    if (controller === 'gke') new GkeIngressBackend(this, 'backend', { ...props, timeouts: needs });
  }
}
