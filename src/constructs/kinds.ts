/** A kind of Kubernetes object, as the API server addresses it. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

/**
 * Kinds the tree of an environment can contain, in the order they are applied: what others refer to comes first.
 * RBAC rules and watches of the operator derive from this list and from the kinds of its extension.
 */
export const TREE_KINDS: readonly Kind[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts' },
  { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
  { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', plural: 'externalsecrets' },
  { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', plural: 'certificates' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', plural: 'networkpolicies' },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims' },
  { apiVersion: 'v1', kind: 'Service', plural: 'services' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets' },
  { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', plural: 'clusters' },
  { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Pooler', plural: 'poolers' },
  { apiVersion: 'postgresql.cnpg.io/v1', kind: 'ScheduledBackup', plural: 'scheduledbackups' },
  { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs' },
  { apiVersion: 'batch/v1', kind: 'CronJob', plural: 'cronjobs' },
  { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets' },
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers' },
  { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', plural: 'scaledobjects' },
  { apiVersion: 'cloud.google.com/v1', kind: 'BackendConfig', plural: 'backendconfigs' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', plural: 'ingresses' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', plural: 'httproutes' },
  { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor', plural: 'podmonitors' },
  { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', plural: 'prometheusrules' },
  { apiVersion: 'networking.gke.io/v1', kind: 'GCPBackendPolicy', plural: 'gcpbackendpolicies' },
  { apiVersion: 'networking.gke.io/v1', kind: 'HealthCheckPolicy', plural: 'healthcheckpolicies' },
  {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'BackendTrafficPolicy',
    plural: 'backendtrafficpolicies',
  },
  {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'ClientTrafficPolicy',
    plural: 'clienttrafficpolicies',
  },
];

/** Kinds of what holds data, which outlives an environment if its retention says so. With a Cluster its volumes go. */
export const HOLDS_DATA: ReadonlySet<string | undefined> = new Set(['PersistentVolumeClaim', 'Cluster']);

/** Kinds the tree can contain with an extension; each is listed once. */
export function treeKinds({
  kinds = [],
}: {
  readonly kinds?: readonly Kind[] | undefined;
} = {}): readonly Kind[] {
  const known = new Set(TREE_KINDS.map(nameOf));
  return [...TREE_KINDS, ...kinds.filter((kind) => !known.has(nameOf(kind)))];
}

/** Apart from other kinds, by what a manifest says of itself. */
export function nameOf({ apiVersion, kind }: Pick<Kind, 'apiVersion' | 'kind'>): string {
  return `${apiVersion} ${kind}`;
}
