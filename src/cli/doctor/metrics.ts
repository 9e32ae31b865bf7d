import { groupOf, remedyOf } from './add-ons.ts';
import { advice, missing, type Need, ok, type Patient } from './finding.ts';

interface AutoscalerSpec {
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  readonly metrics?: readonly { readonly type: string }[];
}

const RESOURCE = ['metrics.k8s.io/v1beta1'];
const CUSTOM = ['custom.metrics.k8s.io/v1beta2', 'custom.metrics.k8s.io/v1beta1'];

/** APIs that a HorizontalPodAutoscaler reads a type of metric from; one is enough. */
const APIS_OF: Readonly<Record<string, readonly string[]>> = {
  Resource: RESOURCE,
  ContainerResource: RESOURCE,
  Pods: CUSTOM,
  Object: CUSTOM,
  External: ['external.metrics.k8s.io/v1beta1'],
};

/** What autoscaling reads; without it the number of replicas stays as it is. */
export function metricNeeds({ objects }: Patient): readonly Need[] {
  return objects
    .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
    .flatMap(({ spec }) => {
      const { minReplicas = 1, maxReplicas, metrics = [] } = spec as unknown as AutoscalerSpec;
      const apis = metrics.flatMap(({ type }) => (APIS_OF[type] === undefined ? [] : [APIS_OF[type]]));
      return apis.map((api) => metricApi(api, maxReplicas > minReplicas));
    });
}

function metricApi(versions: readonly string[], scales: boolean): Need {
  const group = groupOf(versions[0] ?? '');
  return {
    what: `Metrics of ${group}`,
    look: async (api) => {
      const served = await Promise.all(versions.map((version) => api.servesGroup(version)));
      if (served.includes(true)) return ok('They are served');
      const finding = scales ? missing : advice;
      return finding('Nothing serves them, so that no autoscaler can scale', remedyOf(group));
    },
  };
}
