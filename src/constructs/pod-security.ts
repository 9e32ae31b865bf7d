import type { k8s } from 'cdk8s-plus-34';

/**
 * What the `restricted` Pod Security Standard asks of a pod.
 *
 * @param userId user and group the image's processes run as
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function podSecurity(userId: number): k8s.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: userId,
    runAsGroup: userId,
    fsGroup: userId,
    // Without this the kubelet walks a whole volume at every start to change its owner.
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** What `restricted` asks of a container, and a root file system that cannot be written. */
export const containerSecurity: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

/** Fields of every pod: no API token where none is needed, and no variables from other Services' names. */
export const podDefaults = { automountServiceAccountToken: false, enableServiceLinks: false } as const;
