import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { KubeObject } from '../../src/operator/api/kube-object.ts';
import { waitFor } from '../../test/cluster/wait-for.ts';
import type { AuditedWrite } from '../../test/integration/operator/audit-log.ts';
import { Sandbox } from '../../test/integration/operator/sandbox.ts';
import { accountIn } from './account.ts';
import { type OperatorProcess, startProcess } from './operator-process.ts';
import type { Proof } from './proof.ts';

interface Lease extends KubeObject {
  readonly spec: { readonly holderIdentity?: string };
}

/** An operator with a name of its own, in the order they led. */
interface Member extends OperatorProcess {
  readonly username: string;
}

const SIGNALS = ['SIGKILL', 'SIGTERM'] as const;
const MOST_SKEW_MS = 3_600_000;

export const failover: Proof = {
  name: 'failover',
  goal: 'a standby leads and writes within 20 s of a SIGKILL, within 3 s of a SIGTERM, with clocks up to an hour off; no write of the one after the first of the other, by the audit log',
  async run(apiServer, { rounds }) {
    const directory = mkdtempSync(join(tmpdir(), 'tidegate-failover-'));
    const sandbox = await Sandbox.create(apiServer.kubeconfig);
    const led: Member[] = [];
    let count = 0;
    const enter = async (): Promise<Member> => {
      const name = `operator-${count}`;
      count += 1;
      const kubeconfig = await accountIn(directory, sandbox, name);
      const clockSkewMs = Math.round((2 * Math.random() - 1) * MOST_SKEW_MS);
      const one = await startProcess(sandbox, { kubeconfig, clockSkewMs });
      return { ...one, username: `system:serviceaccount:${sandbox.namespace}:${name}` };
    };
    await sandbox.apply();
    led.push(await enter());
    await sandbox.condition('Degraded', { status: 'False' });
    const took = { SIGKILL: [] as number[], SIGTERM: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      for (const signal of SIGNALS) {
        const heir = await enter();
        // It has seen the lease, and the leader has renewed it since some moment of these.
        if (signal === 'SIGKILL') await setTimeout(3_000 + Math.random() * 2_000);
        took[signal].push(await takeOver(sandbox, led.at(-1) as Member, signal));
        led.push(heir);
      }
    }
    led.at(-1)?.process.kill('SIGKILL');
    rmSync(directory, { recursive: true });
    const longest = { SIGKILL: Math.max(...took.SIGKILL), SIGTERM: Math.max(...took.SIGTERM) };
    const { writes, late } = overlaps(led, apiServer.audit.writes());
    return {
      lines: [
        `${rounds} times SIGKILL: the next leader had written after at most ${(longest.SIGKILL / 1_000).toFixed(1)} s`,
        `${rounds} times SIGTERM: after at most ${(longest.SIGTERM / 1_000).toFixed(1)} s`,
        `${writes} writes by ${led.length} leaders, ${late} of them after the first of the next`,
      ],
      met: longest.SIGKILL < 20_000 && longest.SIGTERM < 3_000 && late === 0 && writes > led.length,
    };
  },
};

/** Ends the leader, takes something away, and waits until another leader has put it back. */
async function takeOver(
  sandbox: Sandbox,
  { process }: OperatorProcess,
  signal: (typeof SIGNALS)[number],
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

/** Writes in all, and those that were answered after the next leader's first had come. */
function overlaps(led: readonly Member[], writes: readonly AuditedWrite[]): { writes: number; late: number } {
  const of = led.map(({ username }) => writes.filter(({ user }) => user.username === username));
  const late = of.flatMap((own, index) => {
    const began = of[index + 1]?.[0]?.requestReceivedTimestamp;
    return began === undefined ? [] : own.filter(({ stageTimestamp }) => stageTimestamp > began);
  });
  return { writes: of.flat().length, late: late.length };
}
