import { inject } from 'vitest';
import { kubectlFor } from '../../cluster/kubectl.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { rendered } from './helm-cli.ts';

/**
 * Puts the chart's policy in force in one namespace, since other tests share the API server.
 *
 * @returns removes it again
 */
export async function guardOwnership(namespace: string): Promise<() => Promise<unknown>> {
  const kubectl = await kubectlFor(inject('kubeconfig'));
  const chart = await rendered({ watchNamespace: namespace, nameOverride: namespace });
  const policy = chart
    .split(/^---$/m)
    .filter((document) => /^kind: ValidatingAdmissionPolicy/m.test(document))
    .join('---\n');
  await kubectl(['apply', '--server-side', '-f', '-'], policy);
  const canary = ['-n', namespace, 'configmap', 'canary'];
  const label = (door: string) => ['label', '--overwrite', ...canary, `app.kubernetes.io/managed-by=${door}`];
  await kubectl(['create', ...canary]);
  await kubectl(label('tidegate-operator'));
  await waitFor('the policy to be in force', () =>
    kubectl([...label('tidegate-pulumi'), '--dry-run=server']).then(
      () => undefined,
      () => true,
    ),
  );
  await kubectl(['delete', ...canary]);
  return () => kubectl(['delete', '-f', '-'], policy);
}
