import { createHash } from 'node:crypto';
import { API_GROUP, KIND } from '../../spec/index.ts';
import type { KubeObject } from '../api/kube-object.ts';

/**
 * Label that says which set of objects an object was applied with.
 *
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-cli/3659-kubectl-apply-prune
 */
export const MEMBER_OF = 'applyset.kubernetes.io/part-of';

/** Name of the set that an environment's objects are in. It stays when the environment is restored with another uid. */
export function applySetOf({ metadata: { name, namespace } }: Pick<KubeObject, 'metadata'>): string {
  const digest = createHash('sha256').update(`${name}.${namespace ?? ''}.${KIND}.${API_GROUP}`);
  return `applyset-${digest.digest('base64url')}-v1`;
}
