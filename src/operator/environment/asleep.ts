import type { Manifest } from '../../constructs/index.ts';

const AUTOSCALERS = new Set(['HorizontalPodAutoscaler', 'ScaledObject']);

/** What a tree becomes while its environment sleeps: without pods, and without what would bring some; data is kept. */
export function asleep(tree: readonly Manifest[]): readonly Manifest[] {
  return tree.filter(({ kind }) => !AUTOSCALERS.has(kind)).map(lying);
}

function lying(manifest: Manifest): Manifest {
  const spec = manifest.spec as { readonly replicas?: number } | undefined;
  switch (manifest.kind) {
    case 'Deployment':
    case 'StatefulSet':
      // Those without a number are scaled as an autoscaler does it.
      return spec?.replicas === undefined ? manifest : { ...manifest, spec: { ...spec, replicas: 0 } };
    case 'CronJob':
    case 'Job':
    case 'ScheduledBackup':
      return { ...manifest, spec: { ...spec, suspend: true } };
    case 'Cluster':
      return annotated(manifest, 'cnpg.io/hibernation', 'on');
    default:
      return manifest;
  }
}

/** @see https://cloudnative-pg.io/documentation/current/declarative_hibernation/ */
function annotated(manifest: Manifest, name: string, value: string): Manifest {
  const annotations = { ...manifest.metadata.annotations, [name]: value };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

/** A Deployment whose replicas an autoscaler owns, and the fewest that it is to have. */
export interface Scaled {
  readonly name: string;
  readonly min: number;
}

interface AutoscalerSpec {
  readonly scaleTargetRef: { readonly name: string };
  readonly minReplicas?: number;
  readonly minReplicaCount?: number;
}

/** Deployments of a tree that autoscalers scale. */
export function scaledBy(tree: readonly Manifest[]): readonly Scaled[] {
  return tree
    .filter(({ kind }) => AUTOSCALERS.has(kind))
    .map((autoscaler) => {
      const { scaleTargetRef, minReplicas, minReplicaCount } = autoscaler.spec as AutoscalerSpec;
      return { name: scaleTargetRef.name, min: minReplicas ?? minReplicaCount ?? 1 };
    });
}
