import type { k8s } from 'cdk8s-plus-34';

/** Metric of the server that counts its sockets, as Prometheus and its adapter name it. */
export const CONNECTIONS_METRIC = 'tidegate_connections';

/** A wave of connects must be met at once; every replica that goes moves its sockets, so a lull sheds none. */
export const SCALING_BEHAVIOR: k8s.HorizontalPodAutoscalerBehaviorV2 = {
  scaleUp: { policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  scaleDown: {
    stabilizationWindowSeconds: 600,
    policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
  },
};
