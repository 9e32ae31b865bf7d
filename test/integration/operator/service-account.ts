import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyRule } from '../../../src/operator/index.ts';
import { command } from '../../cluster/command.ts';
import { toolPath } from '../../cluster/tools/tool-path.ts';
import type { Sandbox } from './sandbox.ts';

/**
 * A kubeconfig of a ServiceAccount that may do in the namespace of a sandbox what rules say, and take part in an election, and
 * no more.
 *
 * @param directory where the kubeconfig is written
 */
export async function restricted(
  sandbox: Sandbox,
  rules: readonly PolicyRule[],
  directory: string,
): Promise<string> {
  const election = {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['get', 'create', 'update'],
  };
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'operator' } };
  await sandbox.kubectl(['create', 'serviceaccount', 'operator']);
  await sandbox.kubectl(['apply', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { ...role, kind: 'Role', rules: [...rules, election] },
      {
        ...role,
        kind: 'RoleBinding',
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'operator' },
        subjects: [{ kind: 'ServiceAccount', name: 'operator', namespace: sandbox.namespace }],
      },
    ],
  });
  const kubeconfig = join(directory, 'kubeconfig');
  copyFileSync(sandbox.kubeconfig, kubeconfig);
  const token = (await sandbox.kubectl(['create', 'token', 'operator'])).trim();
  const kubectl = await toolPath('kubectl');
  const config = (...args: readonly string[]) =>
    command(kubectl, ['--kubeconfig', kubeconfig, 'config', ...args]);
  await config('set-credentials', 'operator', '--token', token);
  await config('set-context', '--current', '--user', 'operator');
  return kubeconfig;
}
