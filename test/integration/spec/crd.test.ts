import { CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { API_GROUP, PLURAL, parse } from '../../../src/spec/index.ts';
import { environment } from '../../unit/environment.ts';
import { SAFE_SPECS, UNSAFE_SPECS } from '../../unit/unsafe-specs.ts';
import { WRONG_SPECS } from '../../unit/wrong-specs.ts';

let api: CustomObjectsApi;
beforeAll(() => {
  const config = new KubeConfig();
  config.loadFromFile(inject('kubeconfig'));
  api = config.makeApiClient(CustomObjectsApi);
});

/** Asks the API server without keeping anything; true, or what it said against the document. */
async function admitted(document: unknown): Promise<true | string> {
  const body = structuredClone(document) as { metadata: { namespace?: string } };
  body.metadata.namespace = 'default';
  try {
    await api.createNamespacedCustomObject({
      group: API_GROUP,
      version: 'v1alpha1',
      namespace: 'default',
      plural: PLURAL,
      body,
      dryRun: 'All',
      fieldValidation: 'Strict',
    });
    return true;
  } catch (error) {
    return String((error as { body?: unknown }).body ?? error);
  }
}

const documents = [...WRONG_SPECS, ...UNSAFE_SPECS].filter(
  ([, input]) => typeof input === 'object' && (input as { kind?: string }).kind === 'RealtimeEnvironment',
);

describe('GIVEN a document that parse refuses', () => {
  it.each(documents)(
    'WHEN the API server is given %s THEN it refuses it too',
    async (_, document, problems) => {
      expect(() => parse(document)).toThrow();
      const answer = await admitted(document);
      expect(answer).not.toBe(true);
      // Rules of ours carry their code into the API server's message.
      for (const [, code = ''] of problems.map((problem) => /^(TG11\d\d) /.exec(problem) ?? [])) {
        expect(answer).toContain(code);
      }
    },
  );
});

const right: readonly (readonly [string, Record<string, unknown>])[] = [
  ['the two fields that are needed', {}],
  ['both routes', { route: { ingress: { className: 'nginx' }, gateway: { name: 'public' } } }],
  ['a class that is explained', { route: { ingress: { className: 'edge', controller: 'traefik' } } }],
  ['one replica without Redis', { redis: { inProcess: {} }, autoscaling: { min: 1, max: 1 } }],
  ['a grace that just suffices', { drain: { graceSeconds: 50 } }],
  ['plain numbers as quantities', { server: { resources: { requests: { cpu: 1 } } } }],
  [
    'a request as large as its limit',
    {
      autoscaling: { min: 10 },
      server: {
        resources: { requests: { cpu: '3300m', memory: '1Gi' }, limits: { cpu: '3.3', memory: '1024Mi' } },
      },
    },
  ],
  [
    'addresses and ranges of both families',
    {
      route: {
        ingress: { className: 'contour' },
        trustedProxies: ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1'],
      },
      server: {
        settings: {
          addresses: { allow: ['10.0.0.0/8'], deny: ['10.0.0.66'] },
          limits: { requestsPerSecond: 0.5, messagesPerSecond: 20, connectionsPerIp: 100 },
          http: { allowedHosts: ['chat.example.com', '*.example.org', '[::1]'], static: { prefix: '/' } },
          app: { version: '2.0.0-rc.1+build.7', contact: { email: 'team@example.com' } },
        },
      },
    },
  ],
  [
    'proxies of any address, where no address counts',
    { route: { ingress: { className: 'contour' }, trustedProxies: ['::/0', '0.0.0.0/0'] } },
  ],
  [
    'a volume of twice the memory',
    { redis: { standalone: { storage: '1Gi', resources: { limits: { memory: '512Mi' } } } } },
  ],
  [
    'everything that can be seen, with labels of all forms',
    {
      observability: {
        monitor: { labels: { release: 'kube-prometheus', 'example.com/Team_1.a': '' }, intervalSeconds: 5 },
        alerts: { labels: { role: 'alert-rules' } },
        dashboard: {},
      },
    },
  ],
  ['variables of the application', { config: { GREETING: 'Hello', LINK: 'https://example.com/a' } }],
  [
    'external stores',
    {
      redis: { external: { host: 'redis.example' } },
      postgres: { external: { host: 'db.example' } },
      secrets: {
        redis: { existing: { name: 'redis', key: 'password' } },
        postgres: { existing: { name: 'db', key: 'password' } },
      },
    },
  ],
  ...SAFE_SPECS.map(([what, spec]) => [`no more than what is next to ${what}`, spec] as const),
];

describe('GIVEN a document that parse accepts', () => {
  it.each(right)('WHEN the API server is given %s THEN it accepts it too', async (_, spec) => {
    expect(() => parse(environment(spec))).not.toThrow();
    expect(await admitted(environment(spec))).toBe(true);
  });
});
