import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import { stringify } from 'yaml';
import { type Derived, type EnvironmentSpec, KEPT_REVISIONS, type SecretRequirement } from '../spec/index.ts';
import { contentHash } from './content-hash.ts';
import { labels, selectorLabels } from './labels.ts';
import { type PodContainer, serverPodTemplate } from './server-pod.ts';
import { serverSecrets } from './server-secrets.ts';
import { coldSettings, type Stores, serverSettings } from './server-settings.ts';
import { storeAuthorities } from './store-authorities.ts';

/** What servers and workers are made from alike. */
export interface ServerProps {
  /** Name of the environment; the objects are called `<instance>-server` or `<instance>-worker`. */
  readonly instance: string;
  readonly spec: EnvironmentSpec;
  readonly derived: Derived;
  readonly stores: Stores;
  readonly secrets: readonly SecretRequirement[];
}

export interface ServerDeploymentProps extends ServerProps {
  readonly component: 'server' | 'worker';
  /** The container that runs the image; it has the name of the component. */
  readonly container: Omit<PodContainer, 'name'>;
  /** From the end that is asked for to the end that is forced. */
  readonly graceSeconds: number;
  /** How pods are replaced; Kubernetes' own way by default. */
  readonly strategy?: k8s.DeploymentStrategy;
}

/** Pods of the server's image: their ServiceAccount, the ConfigMap with their settings, and their Deployment. */
export function serverDeployment(scope: Construct, props: ServerDeploymentProps): k8s.KubeDeployment {
  const { instance, component, spec, derived, stores, secrets } = props;
  const name = `${instance}-${component}`;
  const selector = selectorLabels(instance, component);
  const metadata = { name, labels: labels(instance, component) };
  const settings = serverSettings(spec, derived, stores);
  new k8s.KubeServiceAccount(scope, 'account', { metadata, automountServiceAccountToken: false });
  new k8s.KubeConfigMap(scope, 'settings', { metadata, data: { 'settings.yaml': stringify(settings) } });
  return new k8s.KubeDeployment(scope, 'deployment', {
    metadata,
    spec: {
      // No `replicas`: the autoscaler owns them, and a field that leaves an apply is reset to 1.
      selector: { matchLabels: selector },
      progressDeadlineSeconds: derived.progressDeadlineSeconds,
      revisionHistoryLimit: KEPT_REVISIONS,
      ...(props.strategy && { strategy: props.strategy }),
      template: serverPodTemplate({
        name,
        labels: metadata.labels,
        selector,
        server: spec.server,
        container: { name: component, ...props.container },
        config: spec.config ?? {},
        settingsHash: contentHash(stringify(coldSettings(settings))),
        graceSeconds: props.graceSeconds,
        secrets: [...serverSecrets(secrets), ...storeAuthorities(stores)],
      }),
    },
  });
}
