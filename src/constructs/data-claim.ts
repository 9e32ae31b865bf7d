import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import { labels } from './labels.ts';
import type { Manifest } from './manifest.ts';

export interface DataClaimProps {
  /** Name of the environment; the claim is called `<instance>-<component>-data`. */
  readonly instance: string;
  readonly component: 'redis' | 'postgres';
  readonly spec: { readonly storage: string; readonly storageClassName?: string | undefined };
  /** True when the volume outlives the environment. */
  readonly keep: boolean;
  /** What else is to be known of it. */
  readonly annotations?: Readonly<Record<string, string>>;
}

const ARGO_CD = 'argocd.argoproj.io/sync-options';
const FLUX = 'kustomize.toolkit.fluxcd.io/prune';

/** What tells Argo CD and Flux to leave what holds data alone when its environment goes. */
export const KEEP = { [ARGO_CD]: 'Delete=false,Prune=false', [FLUX]: 'disabled' };

/** Whether an object outlives its environment: what tells Argo CD and Flux so says it to everybody. */
export function isKept({ metadata: { annotations = {} } }: Pick<Manifest, 'metadata'>): boolean {
  return (
    annotations[ARGO_CD]?.split(',').includes('Prune=false') === true || annotations[FLUX] === 'disabled'
  );
}

/**
 * The PersistentVolumeClaim of a store, as its volume `data`. A claim of its own, not a volumeClaimTemplate: templates
 * cannot be changed, so a bigger disk would be refused.
 */
export function dataClaim(scope: Construct, props: DataClaimProps): k8s.Volume {
  const name = `${props.instance}-${props.component}-data`;
  claim(scope, 'data', name, props);
  return { name: 'data', persistentVolumeClaim: { claimName: name } };
}

interface ReplicaClaimsProps extends DataClaimProps {
  /** Name of the StatefulSet. */
  readonly statefulSet: string;
  readonly replicas: number;
}

/**
 * The same for each pod of a StatefulSet, by the names that it looks for, and the template that has it look. What the
 * template itself asks for counts for nothing while the claims are there.
 */
export function replicaClaims(
  scope: Construct,
  props: ReplicaClaimsProps,
): k8s.KubePersistentVolumeClaimProps {
  const template = 'data';
  for (let index = 0; index < props.replicas; index += 1) {
    claim(scope, `data-${index}`, `${template}-${props.statefulSet}-${index}`, props);
  }
  return { metadata: { name: template }, spec: claimSpec('1Gi') };
}

function claim(
  scope: Construct,
  id: string,
  name: string,
  { instance, component, spec, keep, annotations: others = {} }: DataClaimProps,
): void {
  const annotations = { ...(keep ? KEEP : {}), ...others };
  const noted = Object.keys(annotations).length === 0 ? {} : { annotations };
  new k8s.KubePersistentVolumeClaim(scope, id, {
    metadata: { name, labels: labels(instance, component), ...noted },
    spec: claimSpec(spec.storage, spec.storageClassName),
  });
}

function claimSpec(storage: string, storageClassName?: string): k8s.PersistentVolumeClaimSpec {
  return {
    accessModes: ['ReadWriteOnce'],
    storageClassName,
    resources: { requests: { storage: k8s.Quantity.fromString(storage) } },
  };
}
