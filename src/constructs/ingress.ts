import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { controllerOf, type IngressRoute } from '../spec/index.ts';
import { type IngressTimeouts, ingressAnnotations } from './ingress-annotations.ts';
import { labels } from './labels.ts';

export interface IngressProps {
  /** Name of the environment, and of the Ingress. */
  readonly instance: string;
  readonly host: string;
  readonly spec: IngressRoute;
  readonly service: { readonly name: string; readonly port: number };
  readonly timeouts: Omit<IngressTimeouts, 'tls'>;
}

/** Route by an Ingress, with the annotations its controller needs for WebSockets. */
export class Ingress extends Construct {
  constructor(scope: Construct, id: string, props: IngressProps) {
    super(scope, id);
    const { spec, host, service } = props;
    const annotate = ingressAnnotations[controllerOf(spec)];
    new k8s.KubeIngress(this, 'ingress', {
      metadata: {
        name: props.instance,
        labels: labels(props.instance, 'route'),
        annotations: {
          ...annotate({ ...props.timeouts, tls: spec.tls !== undefined }),
          ...spec.annotations,
        },
      },
      spec: {
        ingressClassName: spec.className,
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
  }
}
