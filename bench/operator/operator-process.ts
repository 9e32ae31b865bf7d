import { type ChildProcess, spawn } from 'node:child_process';
import { freePorts } from '../../test/cluster/control-plane/free-ports.ts';
import { waitFor } from '../../test/cluster/wait-for.ts';
import type { Sandbox } from '../../test/integration/operator/sandbox.ts';

/** An operator as in a pod. */
export interface OperatorProcess {
  readonly process: ChildProcess;
  /** The values of a metric, in sum. */
  sum(metric: string): Promise<number>;
}

/** Starts an operator for the namespace of a sandbox, and waits until its caches are filled. */
export async function startProcess({ namespace, kubeconfig }: Sandbox): Promise<OperatorProcess> {
  const [port] = await freePorts(1);
  const args = ['--kubeconfig', kubeconfig, '--namespace', namespace, '--watch-namespace', namespace];
  const process = spawn(
    'node',
    ['src/cli/main.ts', 'operator', 'run', ...args, '--health-port', String(port)],
    { stdio: 'ignore' },
  );
  const page = async (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  await waitFor('the operator', async () => ((await page('/readyz')).ok ? true : undefined));
  return {
    process,
    sum: async (metric: string) => {
      const text = await (await page('/metrics')).text();
      const values = text.matchAll(new RegExp(`^${metric}(?:\\{.*\\})? ([\\d.e+]+)$`, 'gm'));
      return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
    },
  };
}
