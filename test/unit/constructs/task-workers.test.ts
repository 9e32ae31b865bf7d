import { describe, expect, it } from 'vitest';
import { render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

const rendered = (spec: Record<string, unknown>) => render(parse(environment(spec)));
const named = (spec: Record<string, unknown>, kind: string, name: string) =>
  rendered(spec).find((manifest) => manifest.kind === kind && manifest.metadata.name === name);

const tasks = { module: 'app.ts', only: ['mail', 'report'], concurrency: 4, min: 1, max: 3 };

describe('GIVEN an environment with no tasks', () => {
  it('WHEN it is rendered THEN there are no workers', () => {
    expect(rendered({}).filter(({ metadata }) => metadata.name.includes('worker'))).toEqual([]);
  });
});

describe('GIVEN an environment with tasks', () => {
  it('WHEN it is rendered THEN workers run them from the server’s image, with its settings and credentials', () => {
    const worker = named({ tasks }, 'Deployment', 'chat-worker')?.spec as Record<string, unknown>;
    expect(worker).not.toHaveProperty('replicas');
    const { spec: pod } = worker.template as { spec: Record<string, unknown> };
    const [container] = pod.containers as Record<string, unknown>[];
    expect(container).toMatchObject({
      name: 'worker',
      image: 'ghcr.io/tidegate/server:0.1.0',
      args: [
        ...['worker', 'app.ts', '--health-port', '8000'],
        ...['--tasks', 'mail,report', '--concurrency', '4'],
      ],
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
    });
    expect(container).not.toHaveProperty('lifecycle');
    expect(pod.terminationGracePeriodSeconds).toBe(80);
    const settings = (name: string) => named({ tasks }, 'ConfigMap', name)?.data;
    expect(settings('chat-worker')).toEqual(settings('chat-server'));
    expect(named({ tasks }, 'Service', 'chat-worker')).toBeUndefined();
  });

  it('WHEN Kubernetes scales THEN by their own bounds and CPU', () => {
    expect(named({ tasks }, 'HorizontalPodAutoscaler', 'chat-worker')?.spec).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: 'chat-worker' },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 70 } } }],
    });
  });

  it('WHEN KEDA scales THEN by the jobs that wait, which every process counts alike', () => {
    const spec = {
      tasks: { ...tasks, waitingTarget: 20 },
      autoscaling: { keda: { prometheus: 'http://prometheus:9090' } },
    };
    expect(named(spec, 'HorizontalPodAutoscaler', 'chat-worker')).toBeUndefined();
    expect(named(spec, 'ScaledObject', 'chat-worker')?.spec).toMatchObject({
      minReplicaCount: 1,
      maxReplicaCount: 3,
      triggers: [
        { type: 'cpu' },
        {
          type: 'prometheus',
          metricType: 'AverageValue',
          metadata: {
            query:
              'sum(max by (task) (tidegate_tasks{state="waiting",namespace="chat-test",pod=~"chat-(server|worker)-[^-]+-[^-]+"}))',
            threshold: '20',
          },
        },
      ],
    });
  });

  it('WHEN the network is bounded THEN workers reach the stores as the server does, and nobody else', () => {
    const policy = (name: string) => named({ tasks }, 'NetworkPolicy', name)?.spec as Record<string, unknown>;
    expect(policy('chat-worker').egress).toEqual(policy('chat-server').egress);
    const pods = (component: string) => ({
      podSelector: {
        matchLabels: { 'app.kubernetes.io/instance': 'chat', 'app.kubernetes.io/component': component },
      },
    });
    expect(policy('chat-redis').ingress).toEqual([
      { ports: [{ port: 6379, protocol: 'TCP' }], from: [pods('server'), pods('worker')] },
    ]);
  });

  it('WHEN pools are sized THEN workers count as servers do', () => {
    const pool = (spec: Record<string, unknown>) =>
      JSON.stringify(named(spec, 'ConfigMap', 'chat-server')?.data).match(
        /pool:\\n +min: \d+\\n +max: (\d+)/,
      )?.[1];
    expect([pool({}), pool({ tasks: { module: 'app.ts', max: 20 } })]).toEqual(['4', '2']);
  });
});
