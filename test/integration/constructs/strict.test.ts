import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Manifest, render, TREE_KINDS } from '../../../src/constructs/index.ts';
import { ApiClient } from '../../../src/operator/api/api-client.ts';
import { pathOf } from '../../../src/operator/kinds.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../../unit/environment.ts';

let api: ApiClient;
beforeAll(() => {
  const config = new KubeConfig();
  config.loadFromFile(inject('kubeconfig'));
  api = new ApiClient(config);
});
afterAll(() => api.close());

/** Groups whose kinds a plain cluster does not serve. */
const ADD_ONS =
  /^(gateway\.networking\.k8s\.io|networking\.gke\.io|cloud\.google\.com|keda\.sh|cert-manager\.io)\//;

const fullest = {
  route: { ingress: { className: 'gce', tls: { secretName: 'tls' } }, sticky: true },
  autoscaling: { memoryPercent: 80, connectionsTarget: 4000 },
  secrets: Object.fromEntries(
    ['redis', 'postgres', 'token', 'api'].map((role) => [role, { generated: { rotate: {} } }]),
  ),
  server: {
    imagePullSecrets: ['registry'],
    scheduling: {
      nodeSelector: { 'example.com/pool': 'sockets' },
      tolerations: [{ key: 'sockets', value: 'only', effect: 'NoExecute', tolerationSeconds: 30 }],
      topologySpread: [{ topologyKey: 'example.com/rack', whenUnsatisfiable: 'DoNotSchedule' }],
    },
    volumes: [
      { name: 'models', mountPath: '/models', readOnly: true, from: { claim: { name: 'models' } } },
      { name: 'spool', mountPath: '/spool', from: { emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } } },
    ],
    sidecars: [
      {
        name: 'agent',
        image: 'registry.example.com/agent:1',
        secretEnv: { KEY: { name: 'agent', key: 'key' } },
        volumeMounts: [{ name: 'spool', mountPath: '/in' }],
        securityContext: { runAsUser: 2000, addCapabilities: ['NET_BIND_SERVICE'] },
      },
    ],
  },
};

/** What the API server makes of an object, keeping nothing: its kind and name, or what it said against it. */
async function strictly(object: Manifest): Promise<string> {
  const kind = TREE_KINDS.find((one) => one.kind === object.kind);
  if (kind === undefined) throw new Error(`No kind ${object.kind}`);
  const answer = await api
    .json<Manifest>({
      method: 'POST',
      path: pathOf(kind, 'default'),
      query: { dryRun: 'All', fieldValidation: 'Strict' },
      body: { ...object, metadata: { ...object.metadata, namespace: 'default' } },
    })
    .catch(String);
  return typeof answer === 'string' ? answer : `${answer.kind}/${answer.metadata.name}`;
}

describe('GIVEN an environment with every option of its pods, its scaling and its route', () => {
  it('WHEN a real API server is given what is rendered THEN it takes each object, strictly', async () => {
    const objects = render(parse(environment(fullest))).filter(({ apiVersion }) => !ADD_ONS.test(apiVersion));
    const taken = await Promise.all(objects.map(strictly));
    expect(taken).toEqual(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  });

  it('WHEN its Redis has Sentinels and TLS THEN it takes each object of it as well', async () => {
    const sentinel = {
      replicas: 5,
      tls: { issuer: { name: 'internal' } },
      scheduling: { priorityClassName: 'high' },
    };
    const rendered = render(parse(environment({ redis: { sentinel } })));
    const objects = rendered.filter(({ apiVersion }) => !ADD_ONS.test(apiVersion));
    const taken = await Promise.all(objects.map(strictly));
    expect(taken).toEqual(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  });
});
