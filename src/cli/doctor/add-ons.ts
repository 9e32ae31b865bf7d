/** What brings an API group into a cluster. */
const ADD_ONS: Readonly<Record<string, string>> = {
  'gateway.networking.k8s.io':
    'Install the Gateway API: https://gateway-api.sigs.k8s.io/guides/getting-started/',
  'gateway.envoyproxy.io': 'Install Envoy Gateway: https://gateway.envoyproxy.io/docs/install/',
  'cert-manager.io': 'Install cert-manager: https://cert-manager.io/docs/installation/',
  'metrics.k8s.io': 'Install metrics-server: https://github.com/kubernetes-sigs/metrics-server#installation',
  'custom.metrics.k8s.io':
    'Install the metrics adapter with --set metricsAdapter.enabled=true of the chart, or the Prometheus adapter: https://github.com/kubernetes-sigs/prometheus-adapter',
  'external.metrics.k8s.io': 'Install KEDA: https://keda.sh/docs/latest/deploy/',
  'keda.sh': 'Install KEDA: https://keda.sh/docs/latest/deploy/',
  'monitoring.coreos.com':
    'Install the Prometheus operator: https://prometheus-operator.dev/docs/getting-started/installation/',
  'postgresql.cnpg.io':
    'Install CloudNativePG: https://cloudnative-pg.io/documentation/current/installation_upgrade/',
  'external-secrets.io':
    'Install External Secrets: https://external-secrets.io/latest/introduction/getting-started/',
  'projectcontour.io': 'Install Contour: https://projectcontour.io/getting-started/',
  'traefik.io': 'Install Traefik: https://doc.traefik.io/traefik/getting-started/install-traefik/',
  'cloud.google.com': 'GKE alone has it: choose another controller for other clusters',
  'networking.gke.io': 'GKE alone has it: choose another implementation for other clusters',
};

/** What to do about a group that is not served. */
export function remedyOf(group: string): string {
  return ADD_ONS[group] ?? `Install what serves ${group === '' ? 'v1' : group}`;
}

/** API group of a version; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
