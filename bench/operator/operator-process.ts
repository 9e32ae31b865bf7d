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

interface ProcessOptions {
  /** Its own, to be told from others; the administrator's by default. */
  readonly kubeconfig?: string;
  /** By how much its clock goes before, in milliseconds; negative when it is behind, 0 by default. */
  readonly clockSkewMs?: number;
}

const CLOCK = new URL('./skewed-clock.mjs', import.meta.url).href;

/** Starts an operator for the namespace of a sandbox, and waits until its caches are filled. */
export async function startProcess(
  { namespace, kubeconfig: admin }: Sandbox,
  { kubeconfig = admin, clockSkewMs = 0 }: ProcessOptions = {},
): Promise<OperatorProcess> {
  const [port] = await freePorts(1);
  const args = ['--kubeconfig', kubeconfig, '--namespace', namespace, '--watch-namespace', namespace];
  const child = spawn(
    'node',
    ['src/cli/main.ts', 'operator', 'run', ...args, '--health-port', String(port)],
    {
      stdio: 'ignore',
      env: { ...process.env, NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_SKEW_MS: String(clockSkewMs) },
    },
  );
  const page = async (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  await waitFor('the operator', async () => ((await page('/readyz')).ok ? true : undefined));
  return {
    process: child,
    sum: async (metric: string) => {
      const text = await (await page('/metrics')).text();
      const values = text.matchAll(new RegExp(`^${metric}(?:\\{.*\\})? ([\\d.e+]+)$`, 'gm'));
      return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
    },
  };
}
