import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Kubectl, kubectlFor } from '../../cluster/kubectl.ts';
import { CRD_CHART, helm, OPERATOR_CHART } from './helm-cli.ts';

const NAMESPACE = 'chart-releases';
const CRD = 'crd/realtimeenvironments.tidegate.dev';
const values = ['--set', 'watchNamespace=chart-releases', '--set', 'ownershipPolicy=None'];
const environment = [
  '--set',
  'environments.chat.spec.host=chat.example.com',
  '--set',
  'environments.chat.spec.route.ingress.className=contour',
];
let kubectl: Kubectl;

beforeAll(async () => {
  kubectl = await kubectlFor(inject('kubeconfig'));
  await kubectl(['create', 'namespace', NAMESPACE]);
});

afterAll(() => kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']));

describe('GIVEN a cluster that has the custom resources already', () => {
  it('WHEN their chart takes them over, upgrades them and goes THEN they stay, and so do environments', async () => {
    const release = [
      'tidegate-crds',
      CRD_CHART,
      '--namespace',
      NAMESPACE,
      '--take-ownership',
      '--force-conflicts',
    ];
    await helm('install', ...release);
    await kubectl(['annotate', CRD, 'tidegate.dev/edited=yes']);
    await helm('upgrade', ...release);
    const owner = '{.metadata.annotations.meta\\.helm\\.sh/release-name}';
    expect(await kubectl(['get', CRD, '-o', `jsonpath=${owner}`])).toBe('tidegate-crds');
    await helm('uninstall', 'tidegate-crds', '--namespace', NAMESPACE);
    await kubectl(['wait', '--for=condition=Established', '--timeout=5s', CRD]);
    await kubectl(['annotate', CRD, 'tidegate.dev/edited-']);
  });
});

describe('GIVEN a release with an environment', () => {
  const release = ['tidegate', OPERATOR_CHART, '--namespace', NAMESPACE, ...values, ...environment];
  const get = (path: string) =>
    kubectl(['-n', NAMESPACE, 'get', 'rte', '--ignore-not-found', '-o', `jsonpath={${path}}`]);

  it('WHEN it is installed, changed and removed THEN the environment is', async () => {
    const notes = await helm('install', ...release);
    expect(notes).toContain(`kubectl -n ${NAMESPACE} wait --for=condition=Ready rte/chat --timeout=120s`);
    expect(notes).toContain('helm test tidegate');
    expect(notes).not.toContain('not installed yet');
    expect(await get('.items[*].spec.host')).toBe('chat.example.com');

    await helm('upgrade', ...release, '--set', 'environments.chat.spec.autoscaling.max=7');
    expect(await get('.items[*].spec.autoscaling.max')).toBe('7');

    await helm('uninstall', 'tidegate', '--namespace', NAMESPACE, '--wait=hookOnly');
    expect(await get('.items[*].metadata.name')).toBe('');
  });

  it('WHEN a rule over several fields refuses it THEN helm shows its code and reason', async () => {
    const bounds = ['--set', 'environments.chat.spec.autoscaling.min=9'];
    const max = ['--set', 'environments.chat.spec.autoscaling.max=3'];
    await expect(helm('install', ...release, ...bounds, ...max)).rejects.toThrow(
      'TG1104: autoscaling.min is more than autoscaling.max',
    );
    await helm('uninstall', 'tidegate', '--namespace', NAMESPACE, '--ignore-not-found', '--wait=hookOnly');
  });
});
