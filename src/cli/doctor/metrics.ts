import { remedyOf } from './add-ons.ts';
import { advice, missing, type Need, ok, type Patient } from './finding.ts';

interface AutoscalerSpec {
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  readonly metrics?: readonly { readonly type: string }[];
}

/** API that a HorizontalPodAutoscaler reads a type of metric from. */
const API_OF: Readonly<Record<string, string>> = {
  Resource: 'metrics.k8s.io/v1beta1',
  ContainerResource: 'metrics.k8s.io/v1beta1',
  Pods: 'custom.metrics.k8s.io/v1beta1',
  Object: 'custom.metrics.k8s.io/v1beta1',
  External: 'external.metrics.k8s.io/v1beta1',
};

/** What autoscaling reads; without it the number of replicas stays as it is. */
export function metricNeeds({ objects }: Patient): readonly Need[] {
  return objects
    .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
    .flatMap(({ spec }) => {
      const { minReplicas = 1, maxReplicas, metrics = [] } = spec as unknown as AutoscalerSpec;
      const apis = metrics.flatMap(({ type }) => API_OF[type] ?? []);
      return apis.map((api) => metricApi(api, maxReplicas > minReplicas));
    });
}

function metricApi(apiVersion: string, scales: boolean): Need {
  const [group = ''] = apiVersion.split('/');
  return {
    what: `Metrics of ${group}`,
    look: async (api) => {
      if (await api.servesGroup(apiVersion)) return ok('They are served');
      const finding = scales ? missing : advice;
      return finding('Nothing serves them, so that no autoscaler can scale', remedyOf(group));
    },
  };
}
