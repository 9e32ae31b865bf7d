import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../test/cluster/wait-for.ts';
import type { Sandbox } from '../../test/integration/operator/sandbox.ts';

/**
 * Gives somebody a name of its own and all rights, by which its calls are told from those of others.
 *
 * @returns path of its kubeconfig, in the directory
 */
export async function accountIn(directory: string, sandbox: Sandbox, name: string): Promise<string> {
  const { namespace } = sandbox;
  await sandbox.kubectl(['create', 'serviceaccount', name]);
  await sandbox.kubectl([
    ...['create', 'clusterrolebinding', `${namespace}-${name}`, '--clusterrole=cluster-admin'],
    `--serviceaccount=${namespace}:${name}`,
  ]);
  const token = await waitFor('a token', () => sandbox.kubectl(['create', 'token', name]));
  const config = JSON.parse(readFileSync(sandbox.kubeconfig, 'utf8'));
  config.users[0].user = { token: token.trim() };
  const path = join(directory, `${namespace}-${name}.kubeconfig`);
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}
