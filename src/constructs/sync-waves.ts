import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';

/** Parts that are stores, whatever an extension makes of them. */
const STORES = ['redis', 'postgres'];

/**
 * Has Argo CD apply stores and all they need first, wait for them, then the migration, and wait for that before the rest.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export function orderForArgoCd(environment: Construct): void {
  const stores = new Set(STORES.flatMap((id) => environment.node.tryFindChild(id)?.node.findAll() ?? []));
  for (const object of environment.node.findAll().filter(ApiObject.isApiObject)) {
    const isBefore = stores.has(object) || BEFORE_MIGRATION.has(object.kind);
    const wave = object.kind === 'Job' ? '-1' : isBefore ? '-2' : undefined;
    if (wave !== undefined) object.metadata.addAnnotation('argocd.argoproj.io/sync-wave', wave);
  }
}

/** What pods of stores and of the migration run as, mount or are reached by. */
const BEFORE_MIGRATION: ReadonlySet<string> = new Set([
  'ServiceAccount',
  'ConfigMap',
  'ExternalSecret',
  'NetworkPolicy',
  'Service',
]);
