import { apiextensions, apps, autoscaling, batch, core, networking, policy } from '@pulumi/kubernetes';
import type { CustomResource, CustomResourceOptions } from '@pulumi/pulumi';
import type { Manifest } from '../../constructs/index.ts';

/** A resource class, whatever the type of its arguments. */
type ResourceClass = new (name: string, manifest: never, options: CustomResourceOptions) => CustomResource;

/** The typed class of every kind that is built into Kubernetes and part of an environment. */
const CLASSES: Readonly<Record<string, ResourceClass>> = {
  'v1/ConfigMap': core.v1.ConfigMap,
  'v1/PersistentVolumeClaim': core.v1.PersistentVolumeClaim,
  'v1/Secret': core.v1.Secret,
  'v1/Service': core.v1.Service,
  'v1/ServiceAccount': core.v1.ServiceAccount,
  'apps/v1/Deployment': apps.v1.Deployment,
  'apps/v1/StatefulSet': apps.v1.StatefulSet,
  'autoscaling/v2/HorizontalPodAutoscaler': autoscaling.v2.HorizontalPodAutoscaler,
  'batch/v1/Job': batch.v1.Job,
  'batch/v1/CronJob': batch.v1.CronJob,
  'networking.k8s.io/v1/Ingress': networking.v1.Ingress,
  'networking.k8s.io/v1/NetworkPolicy': networking.v1.NetworkPolicy,
  'policy/v1/PodDisruptionBudget': policy.v1.PodDisruptionBudget,
};

/** Class of an object's resource; a custom resource of its kind where Pulumi has no class for it. */
export function resourceClass({ apiVersion, kind }: Manifest): ResourceClass {
  return CLASSES[`${apiVersion}/${kind}`] ?? apiextensions.CustomResource;
}
