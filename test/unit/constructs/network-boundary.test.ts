import { describe, expect, it } from 'vitest';
import { render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

const SERVER_EGRESS: readonly [string, Record<string, unknown>, readonly unknown[]][] = [
  [
    'stores of its own',
    {},
    ['redis', 'postgres'].map((component) => ({
      ports: [{ port: component === 'redis' ? 6379 : 5432, protocol: 'TCP' }],
      to: [
        {
          podSelector: {
            matchLabels: { 'app.kubernetes.io/instance': 'chat', 'app.kubernetes.io/component': component },
          },
        },
      ],
    })),
  ],
  [
    'stores of others, by name, and an issuer with a port',
    {
      redis: { external: { host: 'redis.example.com', port: 6380 } },
      postgres: { external: { host: 'db' } },
      server: {
        settings: { auth: { jwksUrl: 'https://issuer.example.com:8443/jwks.json', audience: ['chat'] } },
      },
    },
    [6380, 5432, 8443].map((port) => ({ ports: [{ port, protocol: 'TCP' }] })),
  ],
  [
    'stores of others, by address and by Service, and an issuer at the port of its scheme',
    {
      redis: { external: { host: '10.1.2.3' } },
      postgres: { external: { host: 'db.stores.svc.cluster.local' } },
      server: { settings: { auth: { jwksUrl: 'https://[2001:db8::7]/jwks.json', audience: ['chat'] } } },
    },
    [
      { ports: [{ port: 6379, protocol: 'TCP' }], to: [{ ipBlock: { cidr: '10.1.2.3/32' } }] },
      { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'stores' } } }] },
      { ports: [{ port: 443, protocol: 'TCP' }], to: [{ ipBlock: { cidr: '2001:db8::7/128' } }] },
    ],
  ],
  [
    'one process and an issuer in its pod',
    {
      autoscaling: { min: 1, max: 1 },
      redis: { inProcess: {} },
      postgres: { external: { host: 'db.svc.example.com' } },
      server: { settings: { auth: { jwksUrl: 'http://127.0.0.1:9000/jwks.json', audience: ['chat'] } } },
    },
    [{ ports: [{ port: 5432, protocol: 'TCP' }] }],
  ],
];

describe('GIVEN a boundary of the network', () => {
  const existing = (key: string) => ({ existing: { name: 'store', key } });

  it.each(SERVER_EGRESS)(
    'WHEN an environment has %s THEN the server may go there, and to DNS',
    (_, given, expected) => {
      const secrets = {
        ...(given.redis !== undefined && { redis: existing('redis') }),
        postgres: existing('postgres'),
      };
      const policy = render(parse(environment({ ...given, secrets }))).find(
        ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'chat-server',
      );
      const dns = {
        ports: [
          { port: 53, protocol: 'TCP' },
          { port: 53, protocol: 'UDP' },
        ],
      };
      const { spec } = policy as unknown as { readonly spec: { readonly egress: unknown } };
      expect(spec.egress).toEqual([dns, ...expected]);
    },
  );
});
