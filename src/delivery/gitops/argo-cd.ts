import type { Manifest } from '../../constructs/index.ts';
import type { Environment } from '../../spec/index.ts';

/** Namespace that Argo CD is installed into, and looks for Applications in. */
const NAMESPACE = 'argocd';

/**
 * The Application by which Argo CD keeps an environment as its folder says, in the cluster Argo CD runs in.
 *
 * Objects are applied server-side, so that autoscalers keep the fields they own. What leaves the folder is deleted, but for
 * volumes that are kept. Deleting the Application leaves the environment running: it has no finalizer that cascades.
 *
 * @param repository URL of the Git repository
 * @param path the environment's folder within it
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/
 */
export function argoCdApplication(
  { metadata: { name, namespace } }: Environment,
  repository: string,
  path: string,
): Manifest {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      project: 'default',
      source: { repoURL: repository, targetRevision: 'HEAD', path },
      destination: { server: 'https://kubernetes.default.svc', namespace },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'],
      },
    },
  };
}
