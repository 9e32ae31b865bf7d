import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Manifest, render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';
import { workloads } from './pods.ts';

const rendered = (spec: Record<string, unknown> = {}) => render(parse(environment(spec)));
const names = (manifests: readonly Manifest[]) =>
  manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

const specs = fc
  .record({
    // 45 replicas, twice over in a rollout, fit the 100 connections of an external database.
    max: fc.integer({ min: 1, max: 45 }),
    redis: fc.constantFrom('standalone', 'external', 'inProcess'),
    postgres: fc.constantFrom('standalone', 'external'),
    route: fc.constantFrom<Record<string, unknown>>(
      { ingress: { className: 'nginx' } },
      { gateway: { name: 'public' } },
      {
        ingress: { className: 'alb', tls: { secretName: 'tls' } },
        gateway: { name: 'g', namespace: 'infra' },
      },
    ),
    retention: fc.constantFrom('Retain', 'Delete'),
    config: fc.dictionary(fc.stringMatching(/^[A-Z]{3,8}$/), fc.string({ maxLength: 20 }), { maxKeys: 3 }),
  })
  .map(({ max, redis, postgres, route, retention, config }) => {
    const existing = (key: string) => ({ existing: { name: 'store', key } });
    return {
      route,
      retention,
      config: Object.fromEntries(Object.entries(config).filter(([name]) => !/TOKEN|SECRET|PASSW/.test(name))),
      autoscaling: { min: 1, max: redis === 'inProcess' ? 1 : max },
      redis: { [redis]: redis === 'external' ? { host: 'redis.example' } : {} },
      postgres: { [postgres]: postgres === 'external' ? { host: 'db.example' } : {} },
      secrets: {
        ...(redis === 'external' ? { redis: existing('redis') } : {}),
        ...(postgres === 'external' ? { postgres: existing('postgres') } : {}),
      },
    };
  });

describe('GIVEN the smallest environment', () => {
  it('WHEN it is rendered THEN it has these objects, in the order they are applied', () => {
    expect(names(rendered())).toEqual([
      'ConfigMap/chat-redis',
      'PersistentVolumeClaim/chat-redis-data',
      'Service/chat-redis',
      'StatefulSet/chat-redis',
      'PersistentVolumeClaim/chat-postgres-data',
      'Service/chat-postgres',
      'StatefulSet/chat-postgres',
      'ServiceAccount/chat-server',
      'ConfigMap/chat-server',
      'Service/chat-server',
      'Deployment/chat-server',
      'HorizontalPodAutoscaler/chat-server',
      'PodDisruptionBudget/chat-server',
      'NetworkPolicy/chat-server',
      'NetworkPolicy/chat-redis',
      'NetworkPolicy/chat-postgres',
      'Ingress/chat',
    ]);
  });

  it('WHEN a setting changes THEN the server’s pods are replaced and no others', () => {
    const hashes = (spec: Record<string, unknown>) =>
      workloads(rendered(spec)).map(({ spec: { template } }) => JSON.stringify(template));
    const [redis, postgres, server] = hashes({});
    const [redisAfter, postgresAfter, serverAfter] = hashes({
      server: { settings: { chat: { replay: 7 } } },
    });
    expect([redisAfter, postgresAfter]).toEqual([redis, postgres]);
    expect(serverAfter).not.toBe(server);
  });

  it('WHEN only the number of least replicas changes THEN no pod is replaced', () => {
    const templates = (min: number) =>
      workloads(rendered({ autoscaling: { min } })).map(({ spec: { template } }) => template);
    expect(templates(3)).toEqual(templates(2));
  });
});

describe('GIVEN any environment', () => {
  it('WHEN it is rendered twice THEN both are the same', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        expect(rendered(spec)).toEqual(rendered(spec));
      }),
      { numRuns: 30 },
    );
  });

  it('WHEN it is rendered THEN every pod passes `restricted`, selects itself and holds no Secret’s value', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const manifests = rendered(spec);
        expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
        for (const { kind, spec: workload } of workloads(manifests)) {
          const { template, selector, replicas } = workload;
          expect(template.metadata.labels).toMatchObject(selector.matchLabels);
          expect(replicas).toBe(kind === 'Deployment' ? undefined : 1);
          expect(template.spec.automountServiceAccountToken).toBe(false);
          expect(template.spec.securityContext).toMatchObject({
            runAsNonRoot: true,
            seccompProfile: { type: 'RuntimeDefault' },
          });
          for (const container of template.spec.containers) {
            expect(container.securityContext).toEqual({
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              readOnlyRootFilesystem: true,
            });
            expect(container.resources.limits?.memory).toBeDefined();
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('WHEN it is rendered THEN names are unique in their kind and lie in the namespace', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const manifests = rendered(spec);
        expect(new Set(names(manifests)).size).toBe(manifests.length);
        expect(manifests.every(({ metadata }) => metadata.namespace === 'chat-test')).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('GIVEN both routes', () => {
  it('WHEN they are rendered THEN both lead to the server', () => {
    const route = { ingress: { className: 'contour' }, gateway: { name: 'public', namespace: 'infra' } };
    const [ingress, httpRoute] = rendered({ route }).filter(({ kind }) => /Ingress|HTTPRoute/.test(kind));
    expect(ingress).toMatchObject({
      metadata: { annotations: { 'projectcontour.io/websocket-routes': '/' } },
      spec: { ingressClassName: 'contour', rules: [{ host: 'chat.example.com' }] },
    });
    expect(httpRoute?.spec).toEqual({
      parentRefs: [
        { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public', namespace: 'infra' },
      ],
      hostnames: ['chat.example.com'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          timeouts: { request: '0s' },
          backendRefs: [{ name: 'chat-server', port: 8000 }],
        },
      ],
    });
  });
});

const annotations: readonly [string, Record<string, string>][] = [
  [
    'nginx',
    {
      'nginx.ingress.kubernetes.io/proxy-read-timeout': '5000',
      'nginx.ingress.kubernetes.io/proxy-send-timeout': '5000',
    },
  ],
  ['traefik', { 'traefik.ingress.kubernetes.io/router.entrypoints': 'web' }],
  ['haproxy', { 'haproxy.org/timeout-server': '5000s', 'haproxy.org/timeout-tunnel': '5000s' }],
  [
    'contour',
    { 'projectcontour.io/websocket-routes': '/', 'projectcontour.io/response-timeout': 'infinity' },
  ],
  [
    'alb',
    {
      'alb.ingress.kubernetes.io/target-type': 'ip',
      'alb.ingress.kubernetes.io/listen-ports': '[{"HTTP":80}]',
      'alb.ingress.kubernetes.io/healthcheck-path': '/readyz',
      'alb.ingress.kubernetes.io/load-balancer-attributes': 'idle_timeout.timeout_seconds=4000',
      'alb.ingress.kubernetes.io/target-group-attributes': 'deregistration_delay.timeout_seconds=65',
    },
  ],
];

describe('GIVEN the credentials of an environment', () => {
  it('WHEN it is rendered THEN the server gets each as a file, of the API keys the entries alone', () => {
    const server = workloads(rendered()).find(({ kind }) => kind === 'Deployment');
    const { containers, volumes } = server?.spec.template.spec ?? { containers: [], volumes: [] };
    const files = (containers[0]?.env ?? []).filter(({ name }) => name.endsWith('_FILE'));
    expect(files.map(({ name, value }) => `${name}=${value}`)).toEqual([
      'TIDEGATE_SETTINGS_FILE=/etc/tidegate/settings/settings.yaml',
      'TIDEGATE_REDIS_PASSWORD_FILE=/etc/tidegate/secrets/redis/value',
      'TIDEGATE_POSTGRES_PASSWORD_FILE=/etc/tidegate/secrets/postgres/value',
      'TIDEGATE_AUTH_TOKEN_KEY_FILE=/etc/tidegate/secrets/token/value',
      'TIDEGATE_AUTH_API_KEYS_FILE=/etc/tidegate/secrets/api/value',
    ]);
    expect(volumes.find(({ name }) => name === 'secret-api')?.secret).toMatchObject({
      secretName: 'chat-api',
      items: [{ key: 'entries', path: 'value' }],
    });
  });
});

describe('GIVEN an idle timeout of 5,000 s', () => {
  it.each(annotations)(
    'WHEN the class is %s THEN the Ingress says so in its words',
    (className, expected) => {
      const manifests = rendered({ route: { ingress: { className }, idleTimeoutSeconds: 5000 } });
      expect(manifests.find(({ kind }) => kind === 'Ingress')?.metadata.annotations).toEqual(expected);
    },
  );
});

describe('GIVEN a volume', () => {
  it.each([
    ['Retain', 'Delete=false,Prune=false'],
    ['Delete', undefined],
  ])('WHEN retention is %s THEN Argo CD is told %s', (retention, expected) => {
    const claims = rendered({ retention }).filter(({ kind }) => kind === 'PersistentVolumeClaim');
    expect(
      claims.map(({ metadata }) => [
        metadata.name,
        metadata.annotations?.['argocd.argoproj.io/sync-options'],
      ]),
    ).toEqual([
      ['chat-redis-data', expected],
      ['chat-postgres-data', expected],
    ]);
  });
});
