import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { parseSection, ROLLOUT } from '../spec/index.ts';
import { labels, selectorLabels } from './labels.ts';
import { type ServerProps, serverDeployment } from './server-deployment.ts';
import { SERVER_PORT } from './server-settings.ts';
import { serviceAnnotations } from './service-annotations.ts';
import { validateProps } from './validation.ts';

export interface RealtimeServerProps extends ServerProps {}

const NEW_PODS_FIRST: k8s.DeploymentStrategy = {
  type: 'RollingUpdate',
  rollingUpdate: {
    maxSurge: k8s.IntOrString.fromString(`${100 * ROLLOUT.surge}%`),
    maxUnavailable: k8s.IntOrString.fromNumber(ROLLOUT.maxUnavailable),
  },
};

/** The server fleet: Deployment, Service, ServiceAccount and the ConfigMap with its settings. */
export class RealtimeServer extends Construct {
  /** Name of the Deployment, which an autoscaler targets. */
  readonly deploymentName: string;
  /** Service that routes send clients to. */
  readonly service: { readonly name: string; readonly port: number };

  constructor(scope: Construct, id: string, props: RealtimeServerProps) {
    super(scope, id);
    const { instance, spec, derived } = props;
    validateProps(
      this,
      () => parseSection('name', instance),
      () => parseSection('server', spec.server),
    );
    const deployment = serverDeployment(this, {
      ...props,
      component: 'server',
      container: { resources: spec.server.resources, preStopSeconds: derived.preStopSeconds },
      graceSeconds: derived.terminationGraceSeconds,
      strategy: NEW_PODS_FIRST,
    });
    const { name } = deployment;
    const annotations = serviceAnnotations(instance, spec.route);
    const service = new k8s.KubeService(this, 'service', {
      metadata: { name, labels: labels(instance, 'server'), ...(annotations && { annotations }) },
      spec: {
        selector: selectorLabels(instance, 'server'),
        ports: [
          {
            name: 'http',
            port: SERVER_PORT,
            targetPort: k8s.IntOrString.fromString('http'),
            // Tells Gateway API implementations that the backend speaks WebSocket.
            // https://gateway-api.sigs.k8s.io/geps/gep-1911/
            appProtocol: 'kubernetes.io/ws',
          },
        ],
      },
    });
    // What pods are reached by is there before they are.
    deployment.node.addDependency(service);
    this.deploymentName = name;
    this.service = { name, port: SERVER_PORT };
  }
}
