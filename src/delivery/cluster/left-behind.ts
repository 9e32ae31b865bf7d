import { ApiException, type KubeConfig } from '@kubernetes/client-node';
import { type FrontDoor, MANAGED_BY, type Manifest, managedBy } from '../../constructs/index.ts';
import { type Environment, type Problem, TidegateError } from '../../spec/index.ts';
import type { Comparison, Difference } from './difference.ts';
import { type Kind, type LiveObject, ObjectApi } from './object-api.ts';
import { refusal } from './refusal.ts';

/**
 * Objects that a front door once delivered and the environments no longer have, which an apply that prunes deletes. Volumes
 * that Argo CD and Flux are told to keep are not among them.
 *
 * @param manifests all objects of the environments
 * @param kinds kinds that are looked through; those that the cluster does not serve have no objects
 */
export async function leftBehind(
  config: KubeConfig,
  environments: readonly Environment[],
  manifests: readonly Manifest[],
  kinds: readonly Kind[],
  door: FrontDoor,
): Promise<Comparison> {
  const api = ObjectApi.of(config);
  const delivered = new Set(manifests.map(idOf));
  const differences: Difference[] = [];
  const problems: Problem[] = [];
  for (const { metadata } of environments) {
    const selector = [
      `app.kubernetes.io/instance=${metadata.name}`,
      'app.kubernetes.io/part-of=tidegate',
      `${MANAGED_BY}=${managedBy(door)}`,
    ].join(',');
    for (const kind of kinds) {
      try {
        const objects = await api.list(kind, metadata.namespace, selector);
        const gone = objects.filter((object) => !delivered.has(idOf(object)) && isPruned(object));
        differences.push(...gone.map(deletionOf));
      } catch (error) {
        const known = refusal(error, `${kind.kind} ${metadata.namespace}/`);
        if (!(known instanceof TidegateError)) throw known;
        problems.push(...known.problems);
        if (!(error instanceof ApiException)) return { differences, problems };
      }
    }
  }
  return { differences, problems };
}

/** What somebody else made of ours, such as the autoscaler behind a ScaledObject, goes with its owner. */
function isPruned({ metadata }: LiveObject): boolean {
  const { annotations = {}, ownerReferences = [] } = metadata;
  const isKept =
    annotations['argocd.argoproj.io/sync-options']?.split(',').includes('Prune=false') ||
    annotations['kustomize.toolkit.fluxcd.io/prune'] === 'disabled';
  return !isKept && !ownerReferences.some(({ controller }) => controller === true);
}

function deletionOf({ apiVersion, kind, metadata: { namespace, name } }: LiveObject): Difference {
  return { apiVersion, kind, namespace, name, action: 'delete', changes: [] };
}

function idOf({ apiVersion, kind, metadata }: Manifest): string {
  return `${apiVersion} ${kind} ${metadata.namespace}/${metadata.name}`;
}
