import { beforeAll, describe, expect, inject, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { command } from '../../cluster/command.ts';
import { type Kubectl, kubectlFor } from '../../cluster/kubectl.ts';
import { toolPath } from '../../cluster/tools/tool-path.ts';

const CHART = 'charts/tidegate';
let helm: (args: readonly string[]) => Promise<string>;
let kubectl: Kubectl;

beforeAll(async () => {
  const program = await toolPath('helm');
  helm = (args) => command(program, args);
  kubectl = await kubectlFor(inject('kubeconfig'));
});

const template = (...sets: readonly string[]) =>
  helm(['template', 'tidegate', CHART, '-n', 'default', ...sets.flatMap((set) => ['--set', set])]);

describe('GIVEN the chart', () => {
  it('WHEN helm lints it strictly THEN it is clean', async () => {
    expect(await helm(['lint', '--strict', CHART])).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  it.each([
    ['its defaults', []],
    ['one replica in one namespace', ['replicas=1', 'watchNamespace=default']],
    [
      'everything set',
      ['priorityClassName=system-cluster-critical', 'nodeSelector.disk=ssd', 'image.tag=v1'],
    ],
  ])(
    'WHEN it is rendered with %s THEN the API server takes it, strictly and under `restricted`',
    async (_, sets) => {
      const rendered = await template(...sets);
      const apply = [
        'apply',
        '--server-side',
        '--dry-run=server',
        '--validate=strict',
        '--warnings-as-errors',
        '-f',
        '-',
      ];
      await kubectl([
        'label',
        '--overwrite',
        'namespace',
        'default',
        'pod-security.kubernetes.io/warn=restricted',
      ]);
      await kubectl(apply, rendered);
    },
  );

  it('WHEN one namespace is watched THEN no right reaches beyond it', async () => {
    const kinds = parseAllDocuments(await template('watchNamespace=chat')).map((one) => one.toJS()?.kind);
    expect(kinds.filter((kind) => /^ClusterRole/.test(kind ?? ''))).toEqual([]);
  });

  it('WHEN a value is misspelt THEN helm says so', async () => {
    await expect(template('replica=3')).rejects.toThrow(/replica/);
  });
});
