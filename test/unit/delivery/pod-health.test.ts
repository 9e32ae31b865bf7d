import { describe, expect, it } from 'vitest';
import { podHealth } from '../../../src/delivery/cluster/health/pod.ts';

const failing = (labels: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'chat-smoke-x2x', namespace: 'chat-prod', labels },
  status: {
    conditions: [{ type: 'PodScheduled', status: 'True' }],
    containerStatuses: [
      { name: 'smoke', ready: false, restartCount: 0, state: { terminated: { exitCode: 3 } } },
    ],
  },
});
const INSTANCE = { 'app.kubernetes.io/instance': 'chat' };

describe('GIVEN a pod whose container ends with an error', () => {
  it.each([
    [
      'it is one of a component',
      { ...INSTANCE, 'app.kubernetes.io/component': 'worker' },
      'See tidegate logs chat -n chat-prod --component worker --previous',
    ],
    ["it is an extension's", INSTANCE, 'See kubectl logs -n chat-prod chat-smoke-x2x --previous'],
  ])('WHEN %s THEN the command that shows its log is told', (_, labels, remedy) => {
    expect(podHealth(failing(labels), { pods: [], events: [], logs: new Map() })).toEqual({
      state: 'stuck',
      reason: 'Container smoke ended with exit code 3',
      remedy,
    });
  });
});
