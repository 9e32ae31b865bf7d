import { setTimeout } from 'node:timers/promises';
import type { KubeObject } from '../../src/operator/api/kube-object.ts';
import { waitFor } from '../../test/cluster/wait-for.ts';
import { Sandbox } from '../../test/integration/operator/sandbox.ts';
import { type OperatorProcess, startProcess } from './operator-process.ts';
import type { Proof } from './proof.ts';

interface Lease extends KubeObject {
  readonly spec: { readonly holderIdentity?: string };
}

export const failover: Proof = {
  name: 'failover',
  goal: 'a standby leads and writes within 20 s of a SIGKILL, within 3 s of a SIGTERM',
  async run(apiServer, { rounds }) {
    const sandbox = await Sandbox.create(apiServer.kubeconfig);
    await sandbox.apply();
    let leader = await startProcess(sandbox);
    await sandbox.condition('Degraded', { status: 'False' });
    const took = { SIGKILL: [] as number[], SIGTERM: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const standby = await startProcess(sandbox);
      // It has seen the lease, and the leader has renewed it since some moment of these.
      await setTimeout(3_000 + Math.random() * 2_000);
      for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
        const heir = signal === 'SIGKILL' ? standby : await startProcess(sandbox);
        took[signal].push(await takeOver(sandbox, leader, signal));
        leader = heir;
      }
    }
    leader.process.kill('SIGKILL');
    const longest = { SIGKILL: Math.max(...took.SIGKILL), SIGTERM: Math.max(...took.SIGTERM) };
    return {
      lines: [
        `${rounds} times SIGKILL: the next leader had written after at most ${(longest.SIGKILL / 1_000).toFixed(1)} s`,
        `${rounds} times SIGTERM: after at most ${(longest.SIGTERM / 1_000).toFixed(1)} s`,
      ],
      met: longest.SIGKILL < 20_000 && longest.SIGTERM < 3_000,
    };
  },
};

/** Ends the leader, takes something away, and waits until another leader has put it back. */
async function takeOver(
  sandbox: Sandbox,
  { process }: OperatorProcess,
  signal: 'SIGKILL' | 'SIGTERM',
): Promise<number> {
  const holder = async () =>
    (await sandbox.get<Lease>('lease', `tidegate-operator-${sandbox.namespace}`))?.spec.holderIdentity;
  const before = await holder();
  const started = performance.now();
  process.kill(signal);
  await waitFor('another leader', async () => {
    const now = await holder();
    return now !== '' && now !== before ? now : undefined;
  });
  await sandbox.kubectl(['delete', 'service', 'chat-server']);
  await waitFor('the Service', () => sandbox.get('service', 'chat-server'), { everyMilliseconds: 20 });
  return performance.now() - started;
}
