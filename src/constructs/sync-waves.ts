import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';

/**
 * Has Argo CD apply stores and all they need first, wait for them, then the migration, and wait for that before the rest.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export function orderForArgoCd(environment: Construct): void {
  for (const object of environment.node.findAll().filter(ApiObject.isApiObject)) {
    const wave = object.kind === 'Job' ? '-1' : BEFORE_MIGRATION.has(object.kind) ? '-2' : undefined;
    if (wave !== undefined) object.metadata.addAnnotation('argocd.argoproj.io/sync-wave', wave);
  }
}

const BEFORE_MIGRATION: ReadonlySet<string> = new Set([
  'ServiceAccount',
  'ConfigMap',
  'ExternalSecret',
  'NetworkPolicy',
  'PersistentVolumeClaim',
  'Service',
  'StatefulSet',
  'Cluster',
]);
