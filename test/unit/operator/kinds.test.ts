import { describe, expect, it } from 'vitest';
import { render, TREE_KINDS } from '../../../src/constructs/index.ts';
import { pathOf, SECRET } from '../../../src/operator/kinds.ts';
import { parse } from '../../../src/spec/index.ts';
import { environment } from '../environment.ts';

const key = { name: 'store', key: 'key' };
const backup = {
  schedule: '15 3 * * *',
  s3: { bucket: 'backups', credentials: { accessKeyId: key, secretAccessKey: key } },
};

/** Together they have every part that can be asked for; one alone cannot, where parts exclude each other. */
const FULLEST: readonly Record<string, unknown>[] = [
  {
    route: {
      ingress: { className: 'gce' },
      gateway: { name: 'public', implementation: 'envoy-gateway', clientTrafficPolicy: true },
    },
    observability: { monitor: {}, alerts: {} },
    postgres: { standalone: { backup } },
    redis: { sentinel: { tls: { issuer: { name: 'internal' } } } },
    migrations: { command: ['node', 'migrate.ts'] },
    secrets: { token: { externalSecret: { store: { name: 'vault' }, key: 'chat' } } },
  },
  {
    route: { gateway: { name: 'public', implementation: 'gke' } },
    autoscaling: { keda: {} },
    tasks: { module: 'app.ts' },
    postgres: { cloudNativePG: { pooler: {}, backup } },
  },
];

describe('GIVEN the kinds the operator watches and may write', () => {
  it('WHEN the fullest environments are rendered THEN they are the kinds of their trees, no more and no fewer', () => {
    const rendered = FULLEST.flatMap((spec) => render(parse(environment(spec))));
    const named = ({ apiVersion, kind }: { apiVersion: string; kind: string }) => `${apiVersion} ${kind}`;
    expect([...new Set(rendered.map(named))].sort()).toEqual(TREE_KINDS.map(named).sort());
  });

  it('WHEN a path is asked for THEN it is the API server’s', () => {
    const [ingress] = TREE_KINDS.filter(({ kind }) => kind === 'Ingress');
    expect(pathOf(SECRET, 'ns', 'a')).toBe('/api/v1/namespaces/ns/secrets/a');
    expect(pathOf(ingress ?? SECRET)).toBe('/apis/networking.k8s.io/v1/ingresses');
    expect(pathOf(ingress ?? SECRET, 'ns', 'a', 'status')).toBe(
      '/apis/networking.k8s.io/v1/namespaces/ns/ingresses/a/status',
    );
  });
});
