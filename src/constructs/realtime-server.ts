import { k8s } from 'cdk8s-plus-34';
import { Construct } from 'constructs';
import { stringify } from 'yaml';
import type { Derived, EnvironmentSpec, SecretRequirement } from '../spec/index.ts';
import { contentHash } from './content-hash.ts';
import { labels, selectorLabels } from './labels.ts';
import { serverPodTemplate } from './server-pod.ts';
import { serverSecrets } from './server-secrets.ts';
import { SERVER_PORT, type Stores, serverSettings } from './server-settings.ts';
import { serviceAnnotations } from './service-annotations.ts';
import { storeAuthorities } from './store-authorities.ts';

export interface RealtimeServerProps {
  /** Name of the environment; the objects are called `<instance>-server`. */
  readonly instance: string;
  readonly spec: EnvironmentSpec;
  readonly derived: Derived;
  readonly stores: Stores;
  readonly secrets: readonly SecretRequirement[];
}

/** The server fleet: Deployment, Service, ServiceAccount and the ConfigMap with its settings. */
export class RealtimeServer extends Construct {
  /** Name of the Deployment, which an autoscaler targets. */
  readonly deploymentName: string;
  /** Service that routes send clients to. */
  readonly service: { readonly name: string; readonly port: number };

  constructor(scope: Construct, id: string, props: RealtimeServerProps) {
    super(scope, id);
    const { spec, derived } = props;
    const name = `${props.instance}-server`;
    const selector = selectorLabels(props.instance, 'server');
    const metadata = { name, labels: labels(props.instance, 'server') };
    const settings = stringify(serverSettings(spec, derived, props.stores));
    this.deploymentName = name;
    this.service = { name, port: SERVER_PORT };

    new k8s.KubeServiceAccount(this, 'account', { metadata, automountServiceAccountToken: false });
    new k8s.KubeConfigMap(this, 'settings', { metadata, data: { 'settings.yaml': settings } });
    const annotations = serviceAnnotations(props.instance, spec.route);
    new k8s.KubeService(this, 'service', {
      metadata: { ...metadata, ...(annotations && { annotations }) },
      spec: {
        selector,
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
    new k8s.KubeDeployment(this, 'deployment', {
      metadata,
      spec: {
        // No `replicas`: the autoscaler owns them, and a field that leaves an apply is reset to 1.
        selector: { matchLabels: selector },
        progressDeadlineSeconds: derived.progressDeadlineSeconds,
        revisionHistoryLimit: 5,
        // All new pods come first, so that who leaves an old pod lands on a new one.
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: {
            maxSurge: k8s.IntOrString.fromString('100%'),
            maxUnavailable: k8s.IntOrString.fromNumber(0),
          },
        },
        template: serverPodTemplate({
          name,
          labels: metadata.labels,
          selector,
          server: spec.server,
          config: spec.config ?? {},
          settingsHash: contentHash(settings),
          container: {
            name: 'server',
            resources: spec.server.resources,
            preStopSeconds: derived.preStopSeconds,
          },
          graceSeconds: derived.terminationGraceSeconds,
          secrets: [...serverSecrets(props.secrets), ...storeAuthorities(props.stores)],
        }),
      },
    });
  }
}
