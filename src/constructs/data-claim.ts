import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import { labels } from './labels.ts';

export interface DataClaimProps {
  /** Name of the environment; the claim is called `<instance>-<component>-data`. */
  readonly instance: string;
  readonly component: 'redis' | 'postgres';
  readonly spec: { readonly storage: string; readonly storageClassName?: string | undefined };
  /** True when the volume outlives the environment. */
  readonly keep: boolean;
}

/** What tells Argo CD and Flux to leave what holds data alone when its environment goes. */
export const KEEP = {
  'argocd.argoproj.io/sync-options': 'Delete=false,Prune=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/**
 * The PersistentVolumeClaim of a store, as its volume `data`. A claim of its own, not a volumeClaimTemplate: templates
 * cannot be changed, so a bigger disk would be refused.
 */
export function dataClaim(scope: Construct, { instance, component, spec, keep }: DataClaimProps): k8s.Volume {
  const name = `${instance}-${component}-data`;
  new k8s.KubePersistentVolumeClaim(scope, 'data', {
    metadata: { name, labels: labels(instance, component), ...(keep ? { annotations: KEEP } : {}) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: spec.storageClassName,
      resources: { requests: { storage: k8s.Quantity.fromString(spec.storage) } },
    },
  });
  return { name: 'data', persistentVolumeClaim: { claimName: name } };
}
