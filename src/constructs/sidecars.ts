import type { k8s } from 'cdk8s-plus-34';
import type { Sidecar } from '../spec/index.ts';
import { containerSecurity } from './pod-security.ts';
import { resourceRequirements } from './resources.ts';
import { mountOf } from './volumes.ts';

/**
 * Containers beside the server. They are init containers that go on, so that Kubernetes starts them before the server and stops
 * them after it: a proxy that ended with the stop signal would cut the sockets that drain through it.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export function sidecarContainers(sidecars: readonly Sidecar[]): k8s.Container[] {
  return sidecars.map(({ securityContext, volumeMounts, env = {}, secretEnv = {}, ...sidecar }) => ({
    name: sidecar.name,
    image: sidecar.image,
    restartPolicy: 'Always',
    command: sidecar.command,
    args: sidecar.args,
    ...variables(env, secretEnv),
    resources: resourceRequirements(sidecar.resources),
    securityContext: {
      ...containerSecurity,
      readOnlyRootFilesystem: securityContext.readOnlyRootFilesystem,
      runAsUser: securityContext.runAsUser,
      ...(securityContext.addCapabilities !== undefined && {
        capabilities: { ...containerSecurity.capabilities, add: securityContext.addCapabilities },
      }),
    },
    ...(volumeMounts && { volumeMounts: volumeMounts.map(mountOf) }),
  }));
}

function variables(
  env: NonNullable<Sidecar['env']>,
  secretEnv: NonNullable<Sidecar['secretEnv']>,
): { readonly env?: k8s.EnvVar[] } {
  const all: k8s.EnvVar[] = [
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
    ...Object.entries(secretEnv).map(([name, secretKeyRef]) => ({ name, valueFrom: { secretKeyRef } })),
  ];
  return all.length === 0 ? {} : { env: all };
}
