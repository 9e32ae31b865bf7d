import { describe, expect, it } from 'vitest';
import { render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';
import { workloads } from './pods.ts';

const rendered = (autoscaling: Record<string, unknown>) => render(parse(environment({ autoscaling })));
const specOf = (autoscaling: Record<string, unknown>, kind: string) =>
  rendered(autoscaling).find((manifest) => manifest.kind === kind)?.spec;

const behavior = {
  scaleUp: { policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  scaleDown: {
    stabilizationWindowSeconds: 600,
    policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
  },
};
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat-server' };
const utilization = (name: string, averageUtilization: number) => ({
  type: 'Resource',
  resource: { name, target: { type: 'Utilization', averageUtilization } },
});

describe('GIVEN autoscaling by Kubernetes', () => {
  it('WHEN nothing is said THEN CPU alone counts', () => {
    expect(specOf({}, 'HorizontalPodAutoscaler')).toEqual({
      scaleTargetRef,
      minReplicas: 2,
      maxReplicas: 10,
      metrics: [utilization('cpu', 70)],
      behavior,
    });
  });

  it('WHEN memory and connections have targets THEN they count too', () => {
    expect(specOf({ memoryPercent: 80, connectionsTarget: 4000 }, 'HorizontalPodAutoscaler')).toMatchObject({
      metrics: [
        utilization('cpu', 70),
        utilization('memory', 80),
        {
          type: 'Pods',
          pods: {
            metric: { name: 'tidegate_connections' },
            target: { type: 'AverageValue', averageValue: '4000' },
          },
        },
      ],
    });
  });
});

describe('GIVEN autoscaling by KEDA', () => {
  const keda = { prometheus: 'http://prometheus.monitoring:9090' };

  it('WHEN it is rendered THEN a ScaledObject stands where the autoscaler was', () => {
    const scaling = { min: 3, max: 5, memoryPercent: 80, connectionsTarget: 4000, keda };
    expect(specOf(scaling, 'HorizontalPodAutoscaler')).toBeUndefined();
    expect(specOf(scaling, 'ScaledObject')).toEqual({
      scaleTargetRef,
      minReplicaCount: 3,
      maxReplicaCount: 5,
      advanced: { horizontalPodAutoscalerConfig: { behavior } },
      triggers: [
        { type: 'cpu', metricType: 'Utilization', metadata: { value: '70' } },
        { type: 'memory', metricType: 'Utilization', metadata: { value: '80' } },
        {
          type: 'prometheus',
          metricType: 'AverageValue',
          metadata: {
            serverAddress: 'http://prometheus.monitoring:9090',
            query: 'sum(tidegate_connections{namespace="chat-test",pod=~"chat-server-[^-]+-[^-]+"})',
            threshold: '4000',
          },
        },
      ],
    });
  });
});

describe('GIVEN any autoscaler', () => {
  it.each([
    ['Kubernetes', {}],
    ['KEDA', { keda: {} }],
    ['a fixed size', { min: 3, max: 3 }],
  ])('WHEN it is %s THEN the Deployment has no replicas of its own', (_, autoscaling) => {
    const [server] = workloads(rendered(autoscaling)).filter(({ kind }) => kind === 'Deployment');
    expect(server?.spec).not.toHaveProperty('replicas');
  });
});
