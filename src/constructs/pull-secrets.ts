import type { k8s } from 'cdk8s-plus-34';

/** Secrets by which a pod pulls its images, in the words of a pod. */
export function pullSecrets(names: readonly string[] | undefined): Pick<k8s.PodSpec, 'imagePullSecrets'> {
  return names === undefined ? {} : { imagePullSecrets: names.map((name) => ({ name })) };
}
