/** The API that is served. */
export const GROUP = 'custom.metrics.k8s.io';
export const VERSION = 'v1beta2';
export const API = `/apis/${GROUP}/${VERSION}`;

/** A metric that is asked for. */
export interface MetricRequest {
  readonly namespace: string;
  /** Name of a pod, or `*` for those that a selector selects. */
  readonly name: string;
  readonly metric: string;
  readonly labelSelector: string | undefined;
  /** Selects series of the metric. */
  readonly metricLabelSelector: string | undefined;
}

const PATH = new RegExp(`^${API}/namespaces/([^/]+)/pods/([^/]+)/([^/]+)$`);

/**
 * Reads the address of a metric of pods; undefined for any other.
 *
 * @see https://github.com/kubernetes/design-proposals-archive/blob/main/instrumentation/custom-metrics-api.md
 */
export function metricRequest({ pathname, searchParams }: URL): MetricRequest | undefined {
  const [, namespace, name, metric] = PATH.exec(pathname) ?? [];
  if (namespace === undefined || name === undefined || metric === undefined) return undefined;
  return {
    namespace: decodeURIComponent(namespace),
    name: decodeURIComponent(name),
    metric: decodeURIComponent(metric),
    labelSelector: searchParams.get('labelSelector') || undefined,
    metricLabelSelector: searchParams.get('metricLabelSelector') || undefined,
  };
}
