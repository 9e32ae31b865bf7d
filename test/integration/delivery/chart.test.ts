import { beforeAll, describe, expect, inject, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Kubectl, kubectlFor } from '../../cluster/kubectl.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { CRD_CHART, helm, OPERATOR_CHART, rendered } from './helm-cli.ts';

let kubectl: Kubectl;

beforeAll(async () => {
  kubectl = await kubectlFor(inject('kubeconfig'));
  // A young cluster takes a moment to have it, and no pod is admitted without.
  await waitFor('the ServiceAccount of pods', () => kubectl(['get', 'serviceaccount', 'default']));
});

const chat = { spec: { host: 'chat.example.com', route: { ingress: { className: 'contour' } } } };

describe('GIVEN the charts', () => {
  it.each([OPERATOR_CHART, CRD_CHART])('WHEN helm lints %s strictly THEN it is clean', async (chart) => {
    expect(await helm('lint', '--strict', chart)).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  it.each<[string, object]>([
    ['its defaults', {}],
    ['one replica in one namespace', { replicas: 1, watchNamespace: 'default' }],
    ['a metrics adapter in one namespace', { watchNamespace: 'default', metricsAdapter: { enabled: true } }],
    [
      'everything set',
      {
        priorityClassName: 'system-cluster-critical',
        nodeSelector: { disk: 'ssd' },
        image: { tag: 'v1' },
        imagePullSecrets: [{ name: 'registry' }],
        environments: { chat: { ...chat, namespace: 'default', handshakePath: '/auctions/1' } },
        ownershipPolicy: 'Warn',
        metricsAdapter: { enabled: true },
      },
    ],
  ])(
    'WHEN the operator is rendered with %s THEN the API server takes it, strictly and under `restricted`',
    async (_, values) => {
      const apply = ['apply', '--server-side', '--dry-run=server', '--validate=strict'];
      const restricted = 'pod-security.kubernetes.io/warn=restricted';
      await kubectl(['label', '--overwrite', 'namespace', 'default', restricted]);
      await kubectl([...apply, '--warnings-as-errors', '-f', '-'], await rendered(values));
    },
  );

  it('WHEN one namespace is watched THEN no right reaches beyond it', async () => {
    const kinds = parseAllDocuments(await rendered({ watchNamespace: 'chat' })).map(
      (one) => one.toJS()?.kind,
    );
    expect(kinds.filter((kind) => /^ClusterRole/.test(kind ?? ''))).toEqual([]);
  });

  it('WHEN the operator is rendered THEN its heap may grow up to the memory limit, and little lies about', async () => {
    const documents = parseAllDocuments(await rendered({ memory: { semiSpaceMiB: 8 } }));
    const [deployment] = documents.map((one) => one.toJS()).filter((one) => one?.kind === 'Deployment');
    const resourceFieldRef = { containerName: 'operator', resource: 'limits.memory', divisor: '1Mi' };
    expect(deployment.spec.template.spec.containers[0].env).toEqual([
      { name: 'MEMORY_LIMIT_MIB', valueFrom: { resourceFieldRef } },
      {
        name: 'NODE_OPTIONS',
        value: '--max-semi-space-size=8 --max-old-space-size=$(MEMORY_LIMIT_MIB)',
      },
      { name: 'MALLOC_ARENA_MAX', value: '2' },
    ]);
  });

  it.each<[string, object, RegExp]>([
    ['a value is misspelt', { replica: 3 }, /replica/],
    ['a field of an environment is misspelt', spec({ hots: 'chat.example.com' }), /hots/],
    ['a field of an environment is lacking', spec({ host: undefined }), /host/],
    ['an environment has a name that Kubernetes refuses', { environments: { Chat: chat } }, /Chat/],
    ['a number is out of range', spec({ autoscaling: { min: -1 } }), /autoscaling/],
  ])('WHEN %s THEN helm says so', async (_, values, said) => {
    await expect(rendered(values)).rejects.toThrow(said);
  });
});

function spec(fields: object): object {
  return { environments: { chat: { spec: { ...chat.spec, ...fields } } } };
}
