import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { connect } from '../../src/delivery/cluster/connect.ts';
import { ApiClient } from '../../src/operator/api/api-client.ts';
import type { KubeObject } from '../../src/operator/api/kube-object.ts';
import { pathOf } from '../../src/operator/kinds.ts';
import { waitFor } from '../../test/cluster/wait-for.ts';
import { ENVIRONMENT, isApplied } from '../../test/integration/operator/latency-run.ts';
import { Sandbox } from '../../test/integration/operator/sandbox.ts';
import { environment } from '../../test/unit/environment.ts';
import { startProcess } from './operator-process.ts';
import type { Proof } from './proof.ts';

const MB = 1024 * 1024;

export const scale: Proof = {
  name: 'scale',
  goal: 'at least 2,000 environments in 120 s from cold; a new one in the backlog < 2 s; < 60 MB more up to 100, < 250 MB up to 2,000',
  async run(apiServer, { environments }) {
    const sandbox = await Sandbox.create(apiServer.kubeconfig);
    const client = new ApiClient(await connect(apiServer));
    const path = pathOf(ENVIRONMENT, sandbox.namespace);
    const create = (name: string) => {
      const metadata = { name, namespace: sandbox.namespace };
      return client.json({ method: 'POST', path, body: { ...environment(), metadata } });
    };
    const applied = async () => {
      const { items } = await client.json<{ items: readonly KubeObject[] }>({ path });
      return items.filter(isApplied);
    };
    const operator = await startProcess(sandbox);
    const idle = await settled(operator.process);
    // In order, so that the next need not wait for its lease.
    operator.process.kill('SIGTERM');
    await once(operator.process, 'exit');

    for (let index = 0; index < environments; index += 1) await create(`chat-${index}`);
    const cold = performance.now();
    const second = await startProcess(sandbox);
    await waitFor('a quarter of them', async () =>
      (await applied()).length >= environments / 4 ? true : undefined,
    );
    const asked = performance.now();
    await create('new');
    await waitFor(
      'the new one',
      async () => (await applied()).some(({ metadata }) => metadata.name === 'new') || undefined,
    );
    const fresh = performance.now() - asked;
    await waitFor('all of them', async () => ((await applied()).length > environments ? true : undefined), {
      seconds: 1_800,
    });
    const all = performance.now() - cold;
    const peak = memory(second.process, 'VmHWM');
    const after = await settled(second.process);
    const calls = await second.sum('rest_client_requests_total');
    const heap = await second.sum('nodejs_heap_size_used_bytes');
    second.process.kill('SIGKILL');
    client.close();
    return {
      lines: [
        `${environments} environments from cold in ${(all / 1_000).toFixed(1)} s, start of the process included`,
        `a new one created meanwhile was applied in ${(fresh / 1_000).toFixed(2)} s`,
        `calls to the API server: ${(calls / (environments + 1)).toFixed(1)} for each environment`,
        `resident memory: ${Math.round(idle / MB)} MB with none, ${Math.round(after / MB)} MB with all, ${Math.round(peak / MB)} MB at most`,
        `heap in use with all, garbage included: ${Math.round(heap / MB)} MB`,
      ],
      met:
        environments / (all / 1_000) >= 2_000 / 120 &&
        fresh < 2_000 &&
        after - idle < (environments <= 100 ? 60 : 250) * MB,
    };
  },
};

/** Resident memory when it has had time to collect what is not used. */
async function settled(process: ChildProcess): Promise<number> {
  await setTimeout(20_000);
  return memory(process, 'VmRSS');
}

function memory({ pid }: ChildProcess, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
}
