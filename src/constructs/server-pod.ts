import { k8s } from 'cdk8s-plus-34';
import { imageOf, PROBES, type Resources, type Server } from '../spec/index.ts';
import { CONFIG_HASH } from './content-hash.ts';
import { placement } from './placement.ts';
import { containerSecurity, podDefaults, podSecurity } from './pod-security.ts';
import { pullSecrets } from './pull-secrets.ts';
import { resourceRequirements } from './resources.ts';
import type { ServerSecret } from './server-secrets.ts';
import { SERVER_PORT } from './server-settings.ts';
import { sidecarContainers } from './sidecars.ts';
import { mountOf, volumeOf } from './volumes.ts';

export interface ServerPodProps {
  /** Name of the ServiceAccount and of the ConfigMap with the settings. */
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly selector: Record<string, string>;
  readonly server: Pick<
    Server,
    'image' | 'secretEnv' | 'scheduling' | 'imagePullSecrets' | 'volumes' | 'sidecars'
  >;
  /** The container that runs the image. */
  readonly container: PodContainer;
  readonly config: Readonly<Record<string, string>>;
  /** Changes exactly when settings do that pods read at their start alone, and so replaces them. */
  readonly settingsHash: string;
  /** From the end that is asked for to the end that is forced. */
  readonly graceSeconds: number;
  readonly secrets: readonly ServerSecret[];
}

export interface PodContainer {
  readonly name: string;
  /** Command of `tidegate` and its arguments; the image's own by default. */
  readonly args?: string[];
  readonly resources: Resources;
  /** Seconds before the stop signal, in which endpoints and proxies learn of the end; none by default. */
  readonly preStopSeconds?: number;
}

/** User of the server's image. */
export const SERVER_USER_ID = 1000;
const SETTINGS = '/etc/tidegate/settings';

/** Template of pods that run the server's image: servers, and workers of tasks. */
export function serverPodTemplate(props: ServerPodProps): k8s.PodTemplateSpec {
  const { container, secrets, server } = props;
  return {
    metadata: { labels: props.labels, annotations: { [CONFIG_HASH]: props.settingsHash } },
    spec: {
      ...podDefaults,
      serviceAccountName: props.name,
      securityContext: podSecurity(SERVER_USER_ID),
      terminationGracePeriodSeconds: props.graceSeconds,
      ...placement(server.scheduling ?? {}, props.selector),
      ...pullSecrets(server.imagePullSecrets),
      ...(server.sidecars && { initContainers: sidecarContainers(server.sidecars) }),
      containers: [
        {
          name: container.name,
          image: imageOf(server),
          args: container.args,
          env: environmentVariables(props),
          ports: [{ name: 'http', containerPort: SERVER_PORT }],
          startupProbe: { ...probe('/healthz'), ...PROBES.startup },
          readinessProbe: { ...probe('/readyz'), ...PROBES.readiness },
          livenessProbe: { ...probe('/healthz'), ...PROBES.liveness },
          ...(container.preStopSeconds !== undefined && {
            lifecycle: { preStop: { sleep: { seconds: container.preStopSeconds } } },
          }),
          resources: resourceRequirements(container.resources),
          securityContext: containerSecurity,
          volumeMounts: [
            { name: 'settings', mountPath: SETTINGS, readOnly: true },
            { name: 'tmp', mountPath: '/tmp' },
            ...secrets.map(({ mount }) => mount),
            ...(server.volumes ?? []).map(mountOf),
          ],
        },
      ],
      volumes: [
        { name: 'settings', configMap: { name: props.name } },
        { name: 'tmp', emptyDir: {} },
        ...secrets.map(({ volume }) => volume),
        ...(server.volumes ?? []).map(volumeOf),
      ],
    },
  };
}

function probe(path: string): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromString('http') } };
}

function environmentVariables({ config, secrets, server }: ServerPodProps): k8s.EnvVar[] {
  return [
    { name: 'TIDEGATE_SETTINGS_FILE', value: `${SETTINGS}/settings.yaml` },
    ...secrets.flatMap(({ variables }) => variables),
    ...Object.entries(config).map(([name, value]) => ({ name, value })),
    ...Object.entries(server.secretEnv ?? {}).map(([name, secretKeyRef]) => ({
      name,
      valueFrom: { secretKeyRef },
    })),
  ];
}
