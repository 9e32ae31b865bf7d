import { expect } from 'vitest';
import { command } from '../cluster/command.ts';
import type { Kubectl } from '../cluster/kubectl.ts';
import { toolPath } from '../cluster/tools/tool-path.ts';
import { restrictedNamespace } from './namespace.ts';

const SPEC = {
  host: 'values.example.com',
  route: { ingress: { className: 'contour' } },
  autoscaling: { min: 1, max: 1, connectionsPerReplica: 100 },
  redis: { inProcess: {} },
  postgres: { standalone: { storage: '256Mi' } },
  retention: 'Delete',
};

/** Adds an environment to the release of the operator, lets helm test it, and takes it away again. */
export async function environmentFromValues(kubectl: Kubectl, kubeconfig: string): Promise<void> {
  const program = await toolPath('helm');
  const helm = (...args: readonly string[]) =>
    command(program, [...args, '--namespace', 'tidegate-system', '--kubeconfig', kubeconfig]);
  const upgrade = ['upgrade', 'tidegate', 'charts/tidegate', '--wait', '--timeout', '90s'];
  await restrictedNamespace(kubectl, 'values');
  const environments = JSON.stringify({ values: { namespace: 'values', spec: SPEC } });
  // Helm waits until the environment is Ready.
  await helm(...upgrade, '--set-json', `environments=${environments}`);
  expect(await helm('test', 'tidegate', '--logs')).toContain(
    'http://values-server.values.svc:8000/ws: 101 Switching Protocols',
  );
  await helm(...upgrade);
  await kubectl(['delete', 'namespace', 'values', '--wait=false']);
}
