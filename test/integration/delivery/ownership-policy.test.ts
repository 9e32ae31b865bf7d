import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type FrontDoor, HANDED_TO, owned, render } from '../../../src/constructs/index.ts';
import { parse } from '../../../src/spec/index.ts';
import { type Kubectl, kubectlFor } from '../../cluster/kubectl.ts';
import { environment } from '../../unit/environment.ts';
import { guardOwnership } from './ownership-guard.ts';

const NAMESPACE = 'ownership-policy';
const POLICY = 'validatingadmissionpolicy';
let kubectl: Kubectl;
let unguard: () => Promise<unknown>;

/** The tree as a front door delivers it. */
const tree = (door: FrontDoor, host = 'chat.example.com') => {
  const metadata = { name: 'chat', namespace: NAMESPACE };
  const items = owned(render(parse({ ...environment({ host }), metadata })), door);
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
};
const serverSide = (door: FrontDoor) => [
  'apply',
  '--server-side',
  '--force-conflicts',
  `--field-manager=tidegate-${door}`,
  '-f',
  '-',
];
const ownerOf = (object: string) =>
  kubectl([
    '-n',
    NAMESPACE,
    'get',
    object,
    '-o',
    'jsonpath={.metadata.labels.app\\.kubernetes\\.io/managed-by}',
  ]);

beforeAll(async () => {
  kubectl = await kubectlFor(inject('kubeconfig'));
  await kubectl(['create', 'namespace', NAMESPACE]);
  unguard = await guardOwnership(NAMESPACE);
  await kubectl(serverSide('operator'), tree('operator'));
});

afterAll(async () => {
  await unguard();
  await kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
});

describe('GIVEN objects that one front door delivers, and the policy of the chart', () => {
  it('WHEN the API server has looked at the policy THEN it found nothing wrong with its expressions', async () => {
    const warnings = 'jsonpath={.items[*].status.typeChecking.expressionWarnings}';
    expect(await kubectl(['get', POLICY, '-o', warnings])).toBe('');
  });

  it('WHEN another applies them, by force, THEN each is refused with its owner and what to do', async () => {
    const refused = kubectl(serverSide('gitops'), tree('gitops'));
    await expect(refused).rejects.toThrow(
      'Deployment chat-server belongs to tidegate-operator, and tidegate-gitops would take it over. Deliver it from ' +
        'one front door only, or move it with tidegate adopt, or by hand: kubectl annotate -n ownership-policy ' +
        'deployments.apps chat-server tidegate.dev/handed-to=tidegate-gitops',
    );
    expect(await ownerOf('deploy/chat-server')).toBe('tidegate-operator');
  });

  it('WHEN another applies them from the client THEN they are refused as well', async () => {
    await expect(kubectl(['apply', '-f', '-'], tree('gitops'))).rejects.toThrow(
      'Service chat-server belongs to tidegate-operator',
    );
  });

  it('WHEN somebody takes the label away THEN that is refused', async () => {
    const label = ['label', 'service/chat-server', 'app.kubernetes.io/managed-by-'];
    await expect(kubectl(['-n', NAMESPACE, ...label])).rejects.toThrow(
      'a write without that label would take it over',
    );
  });

  it('WHEN the owner applies, scales or edits them THEN nothing is in its way', async () => {
    await kubectl(serverSide('operator'), tree('operator', 'other.example.com'));
    await kubectl(['-n', NAMESPACE, 'scale', 'deploy/chat-server', '--replicas=4']);
    await kubectl(['-n', NAMESPACE, 'annotate', 'deploy/chat-server', 'example.com/note=yes']);
    expect(await ownerOf('deploy/chat-server')).toBe('tidegate-operator');
  });

  it('WHEN an object was handed over THEN the one it names may take it, and nobody else', async () => {
    await kubectl(['-n', NAMESPACE, 'annotate', 'service/chat-server', `${HANDED_TO}=tidegate-gitops`]);
    const take = (door: FrontDoor) =>
      kubectl([
        '-n',
        NAMESPACE,
        'label',
        '--overwrite',
        'service/chat-server',
        `app.kubernetes.io/managed-by=tidegate-${door}`,
      ]);
    await expect(take('pulumi')).rejects.toThrow('belongs to tidegate-operator');
    await take('gitops');
    expect(await ownerOf('service/chat-server')).toBe('tidegate-gitops');
    await expect(take('operator')).rejects.toThrow('belongs to tidegate-gitops');
  });
});
