import type { Manifest } from '../../constructs/index.ts';
import { derive, type Environment } from '../../spec/index.ts';

/** Namespace that Flux is installed into, and its sources are in. */
const NAMESPACE = 'flux-system';

/**
 * The Kustomization by which Flux keeps an environment as its folder says. It is ready when the environment is, for which it
 * waits as long as a rollout may take. What leaves the folder is deleted, but for volumes that are kept.
 *
 * @param source name of the GitRepository that holds the folder
 * @param path the environment's folder within it
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/
 */
export function fluxKustomization({ metadata, spec }: Environment, source: string, path: string): Manifest {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: metadata.name, namespace: NAMESPACE },
    spec: {
      sourceRef: { kind: 'GitRepository', name: source },
      path: `./${path}`,
      interval: '10m',
      retryInterval: '1m',
      prune: true,
      wait: true,
      timeout: `${derive(spec).progressDeadlineSeconds}s`,
    },
  };
}
