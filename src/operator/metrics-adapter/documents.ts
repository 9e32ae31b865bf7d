import { CONNECTIONS_METRIC } from '../../constructs/index.ts';
import { VERSION as RELEASE } from '../../spec/index.ts';
import type { Count } from '../connections/connection-counts.ts';
import { API, GROUP, VERSION } from './metric-request.ts';

const GROUP_VERSION = `${GROUP}/${VERSION}`;
const LIST = 'io.k8s.metrics.pkg.apis.custom_metrics.v1beta2.MetricValueList';
const TEXT = { type: 'string' };
const version = { groupVersion: GROUP_VERSION, version: VERSION };
const group = { name: GROUP, versions: [version], preferredVersion: version };

/** How a metric is read, for tools that ask. */
const openApi = {
  openapi: '3.0.0',
  info: { title: 'Tidegate metrics adapter', version: RELEASE },
  paths: {
    [`${API}/namespaces/{namespace}/pods/{name}/${CONNECTIONS_METRIC}`]: {
      get: {
        description: 'Clients connected to server pods; the name * stands for those of a labelSelector',
        operationId: 'readPodConnections',
        parameters: [
          ...['namespace', 'name'].map((name) => ({ name, in: 'path', required: true, schema: TEXT })),
          { name: 'labelSelector', in: 'query', schema: TEXT },
        ],
        responses: {
          200: {
            description: 'OK',
            content: { 'application/json': { schema: { $ref: `#/components/schemas/${LIST}` } } },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      [LIST]: {
        description: 'A value of the metric for each pod that tells one',
        type: 'object',
        properties: {
          apiVersion: TEXT,
          kind: TEXT,
          metadata: { type: 'object' },
          items: { type: 'array', items: { type: 'object' } },
        },
        'x-kubernetes-group-version-kind': [{ group: GROUP, version: VERSION, kind: 'MetricValueList' }],
      },
    },
  },
};

/**
 * What is served besides metrics, by path: discovery and OpenAPI, of which the API server makes its own.
 *
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
export const DOCUMENTS: Readonly<Record<string, object>> = {
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [group] },
  [`/apis/${GROUP}`]: { kind: 'APIGroup', apiVersion: 'v1', ...group },
  [API]: {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: GROUP_VERSION,
    resources: [
      {
        name: `pods/${CONNECTIONS_METRIC}`,
        singularName: '',
        namespaced: true,
        kind: 'MetricValueList',
        verbs: ['get'],
      },
    ],
  },
  '/openapi/v3': { paths: { [API.slice(1)]: { serverRelativeURL: `/openapi/v3${API}` } } },
  [`/openapi/v3${API}`]: openApi,
};

/** The counts of pods, as autoscalers read them. */
export function metricValueList(namespace: string, counts: readonly Count[]): object {
  return {
    kind: 'MetricValueList',
    apiVersion: GROUP_VERSION,
    metadata: {},
    items: counts.map(({ pod, connections, at }) => ({
      describedObject: { apiVersion: '/v1', kind: 'Pod', namespace, name: pod.name },
      metric: { name: CONNECTIONS_METRIC, selector: null },
      timestamp: `${at.toISOString().slice(0, 19)}Z`,
      value: `${connections}`,
    })),
  };
}
