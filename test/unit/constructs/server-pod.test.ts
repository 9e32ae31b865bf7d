import { describe, expect, it } from 'vitest';
import { render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';
import { workloads } from './pods.ts';

/** The pod of the server as it is rendered, with more of it than `PodSpec` names. */
function podOf(server: Record<string, unknown>) {
  const [deployment] = workloads(render(parse(environment({ server })))).filter(
    ({ kind }) => kind === 'Deployment',
  );
  const pod = deployment?.spec.template.spec as unknown as Readonly<Record<string, unknown>>;
  const [container = {}] = pod.containers as readonly Readonly<Record<string, unknown>>[];
  return { pod, container };
}

const spread = (topologyKey: string, maxSkew: number, whenUnsatisfiable: string) => ({
  maxSkew,
  topologyKey,
  whenUnsatisfiable,
  labelSelector: {
    matchLabels: { 'app.kubernetes.io/instance': 'chat', 'app.kubernetes.io/component': 'server' },
  },
  matchLabelKeys: ['pod-template-hash'],
});

describe('GIVEN no wishes about where pods run', () => {
  it('WHEN the server is rendered THEN it is spread over zones and nodes, and nothing else is said', () => {
    const { pod } = podOf({});
    expect(pod.topologySpreadConstraints).toEqual([
      spread('topology.kubernetes.io/zone', 1, 'ScheduleAnyway'),
      spread('kubernetes.io/hostname', 1, 'ScheduleAnyway'),
    ]);
    for (const field of [
      'nodeSelector',
      'tolerations',
      'priorityClassName',
      'imagePullSecrets',
      'initContainers',
    ]) {
      expect(pod).not.toHaveProperty(field);
    }
  });
});

describe('GIVEN wishes about where pods run', () => {
  it('WHEN the server is rendered THEN its pods have them', () => {
    const { pod } = podOf({
      scheduling: {
        nodeSelector: { 'example.com/pool': 'sockets' },
        tolerations: [{ key: 'sockets', value: 'only', effect: 'NoSchedule' }, { operator: 'Exists' }],
        priorityClassName: 'interactive',
        topologySpread: [{ topologyKey: 'example.com/rack', maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule' }],
      },
    });
    expect(pod).toMatchObject({
      nodeSelector: { 'example.com/pool': 'sockets' },
      tolerations: [
        { key: 'sockets', operator: 'Equal', value: 'only', effect: 'NoSchedule' },
        { operator: 'Exists' },
      ],
      priorityClassName: 'interactive',
      topologySpreadConstraints: [spread('example.com/rack', 2, 'DoNotSchedule')],
    });
  });

  it('WHEN no spread is wanted THEN there is none', () => {
    expect(podOf({ scheduling: { topologySpread: [] } }).pod).not.toHaveProperty('topologySpreadConstraints');
  });
});

describe('GIVEN an image of a private registry, by digest', () => {
  it('WHEN the server is rendered THEN it is pulled as it is named, with the Secret', () => {
    const image = `registry.example.com/chat@sha256:${'0'.repeat(64)}`;
    const { pod, container } = podOf({ image, imagePullSecrets: ['registry'] });
    expect(container.image).toBe(image);
    expect(pod.imagePullSecrets).toEqual([{ name: 'registry' }]);
  });
});

describe('GIVEN volumes and a sidecar', () => {
  const server = {
    volumes: [
      { name: 'models', mountPath: '/models', readOnly: true, from: { claim: { name: 'models' } } },
      { name: 'words', mountPath: '/words', from: { configMap: { name: 'words' } } },
      { name: 'keys', mountPath: '/keys', from: { secret: { name: 'keys' } } },
      {
        name: 'spool',
        mountPath: '/spool',
        from: { emptyDir: { sizeLimit: '64Mi', medium: 'Memory' } },
      },
    ],
    sidecars: [
      {
        name: 'agent',
        image: 'registry.example.com/agent:1',
        args: ['--quiet'],
        env: { LEVEL: 'warn' },
        secretEnv: { KEY: { name: 'agent', key: 'key' } },
        volumeMounts: [{ name: 'spool', mountPath: '/in', readOnly: true }],
        securityContext: { runAsUser: 2000, addCapabilities: ['NET_BIND_SERVICE'] },
      },
    ],
  };

  it('WHEN the server is rendered THEN it sees the volumes behind its own', () => {
    const { pod, container } = podOf(server);
    expect((pod.volumes as readonly unknown[]).slice(-4)).toEqual([
      { name: 'models', persistentVolumeClaim: { claimName: 'models', readOnly: true } },
      { name: 'words', configMap: { name: 'words' } },
      { name: 'keys', secret: { secretName: 'keys' } },
      { name: 'spool', emptyDir: { sizeLimit: '64Mi', medium: 'Memory' } },
    ]);
    expect((container.volumeMounts as readonly unknown[]).slice(-4)).toEqual([
      { name: 'models', mountPath: '/models', readOnly: true },
      { name: 'words', mountPath: '/words' },
      { name: 'keys', mountPath: '/keys' },
      { name: 'spool', mountPath: '/spool' },
    ]);
  });

  it('WHEN the server is rendered THEN the sidecar outlives it and keeps to `restricted`', () => {
    expect(podOf(server).pod.initContainers).toEqual([
      {
        name: 'agent',
        image: 'registry.example.com/agent:1',
        restartPolicy: 'Always',
        args: ['--quiet'],
        env: [
          { name: 'LEVEL', value: 'warn' },
          { name: 'KEY', valueFrom: { secretKeyRef: { name: 'agent', key: 'key' } } },
        ],
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
          readOnlyRootFilesystem: true,
          runAsUser: 2000,
        },
        volumeMounts: [{ name: 'spool', mountPath: '/in', readOnly: true }],
      },
    ]);
  });
});
