import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { type Kubectl, kubectlFor } from '../../cluster/kubectl.ts';
import { environment } from '../../unit/environment.ts';
import { Sandbox } from '../operator/sandbox.ts';
import { tidegate } from './tidegate.ts';

const kubeconfig = inject('kubeconfig');
const directory = mkdtempSync(join(tmpdir(), 'tidegate-doctor-'));
const file = join(directory, 'chat.json');
let sandbox: Sandbox;
let kubectl: Kubectl;

const doctor = (...args: readonly string[]) =>
  tidegate(['doctor', file, '--kubeconfig', kubeconfig, ...args]);
const create = (object: object) => kubectl(['create', '-f', '-'], JSON.stringify(object));

async function findings(config = kubeconfig): Promise<readonly Finding[]> {
  const { stdout } = await tidegate(['doctor', file, '--kubeconfig', config, '-o', 'json']);
  return (JSON.parse(stdout) as { findings: readonly Finding[] }).findings;
}

/** What is not as it should be, as JSON tells it. */
async function complaints(config = kubeconfig): Promise<readonly string[]> {
  const found = await findings(config);
  return found.filter(({ state }) => state !== 'ok').map(({ state, what }) => `${state}: ${what}`);
}

const ingressClass = (controller: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'doctor-class' },
  spec: { controller },
});

/** Says of an object what its controller would. */
async function holds(object: readonly string[], type: string): Promise<void> {
  const condition = { type, status: 'True', reason: type, message: '' };
  const status = { conditions: [{ ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' }] };
  await kubectl([
    'patch',
    ...object,
    '--subresource=status',
    '--type=merge',
    '-p',
    JSON.stringify({ status }),
  ]);
}

beforeAll(async () => {
  sandbox = await Sandbox.create(kubeconfig);
  kubectl = await kubectlFor(kubeconfig);
  const { namespace } = sandbox;
  const spec = {
    ...environment().spec,
    route: {
      ingress: { className: 'doctor-class', controller: 'ingress-nginx', tls: { secretName: 'chat-tls' } },
      gateway: { name: 'public' },
    },
    postgres: { external: { host: 'postgres.example.com' } },
    secrets: { postgres: { existing: { name: 'credentials', key: 'password' } } },
  };
  writeFileSync(file, JSON.stringify({ ...environment(), metadata: { name: 'chat', namespace }, spec }));
});

afterAll(async () => {
  rmSync(directory, { recursive: true });
  await kubectl([
    'delete',
    '--ignore-not-found',
    'ingressclass/doctor-class',
    'storageclass/doctor-storage',
    'gatewayclass/doctor-gateways',
  ]);
});

describe('GIVEN a cluster that has nothing beside Kubernetes and Gateway API', () => {
  it('WHEN the doctor looks THEN each thing that is missing is told with its remedy, and the shell sees 1', async () => {
    const { namespace } = sandbox;
    expect(await complaints()).toEqual([
      'missing: IngressClass doctor-class',
      `missing: Certificate in Secret ${namespace}/chat-tls`,
      `missing: Gateway ${namespace}/public`,
      'missing: Metrics of metrics.k8s.io',
      'missing: Default StorageClass',
      `missing: Secret ${namespace}/credentials with the key password`,
      `advice: Generated Secrets of ${namespace}/chat`,
    ]);
    const { status, stdout, stderr } = await doctor();
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toContain(`missing  Gateway ${namespace}/public
         It does not exist
         Create it, or name another in spec.route.gateway
`);
    expect(stdout).toMatch(/\d+ ok, 6 missing, 1 to think of, 0 unknown\n$/);
  });

  it.each([
    ['nginx.org/ingress-controller', 'missing', 'Set spec.route.ingress.controller to f5-nginx'],
    [
      'example.com/nginx',
      'advice',
      'See that it is ingress-nginx under another name, or set spec.route.ingress.controller',
    ],
  ])(
    'WHEN %s serves the class, and the annotations are for another, THEN that is told',
    async (controller, state, remedy) => {
      await create(ingressClass(controller));
      const found = (await findings()).find(({ what }) => what === 'IngressClass doctor-class');
      await kubectl(['delete', 'ingressclass', 'doctor-class']);
      const reason = `${controller} serves it, and the annotations are for ingress-nginx`;
      expect(found).toEqual({ what: 'IngressClass doctor-class', state, reason, remedy });
    },
  );

  it('WHEN they are there THEN they are not told any more', async () => {
    const { namespace } = sandbox;
    await create(ingressClass('k8s.io/ingress-nginx'));
    await create({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'doctor-storage',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'example.com/doctor',
    });
    await create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'chat-tls', namespace },
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': '', 'tls.key': '' },
    });
    await create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'credentials', namespace },
      stringData: { password: 'secret' },
    });
    await create({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'public', namespace },
      spec: {
        gatewayClassName: 'doctor-gateways',
        listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }],
      },
    });
    expect(await complaints()).toEqual(
      expect.arrayContaining([
        `missing: Gateway ${namespace}/public`,
        `missing: GatewayClass of Gateway ${namespace}/public`,
      ]),
    );
    await create({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: 'doctor-gateways' },
      spec: { controllerName: 'example.com/gateways' },
    });
    await holds(['-n', namespace, 'gateway', 'public'], 'Programmed');
    await holds(['gatewayclass', 'doctor-gateways'], 'Accepted');

    await tidegate(['secrets', 'ensure', file, '--kubeconfig', kubeconfig]);
    expect(await complaints()).toEqual(['missing: Metrics of metrics.k8s.io']);
  });

  it('WHEN who asks may neither look nor write THEN it says so and fails for what is missing only', async () => {
    const { namespace } = sandbox;
    await kubectl(['-n', namespace, 'create', 'serviceaccount', 'guest']);
    const token = (await kubectl(['-n', namespace, 'create', 'token', 'guest'])).trim();
    const guest = join(directory, 'guest.kubeconfig');
    writeFileSync(guest, await kubectl(['config', 'view', '--raw', '--flatten']));
    const asGuest = await kubectlFor(guest);
    await asGuest(['config', 'set-credentials', 'guest', `--token=${token}`]);
    await asGuest(['config', 'set-context', '--current', '--user=guest']);

    const told = await complaints(guest);
    expect(told).toContain('unknown: Default StorageClass');
    expect(told).toContain(`unknown: Secret ${namespace}/credentials with the key password`);
    expect(told).toContain(`advice: Right to write Deployment in ${namespace}`);
    expect(told.filter((line) => line.startsWith('missing'))).toEqual(['missing: Metrics of metrics.k8s.io']);
  });
});

describe('GIVEN no cluster', () => {
  it('WHEN the doctor looks THEN one sentence says so', async () => {
    const nowhere = join(directory, 'nowhere.kubeconfig');
    const { status, stderr } = await tidegate(['doctor', file, '--kubeconfig', nowhere]);
    expect([status, stderr.slice(0, 16)]).toEqual([1, 'tidegate: TG3002']);
  });
});
