import { waitFor } from '../../cluster/wait-for.ts';
import type { AuditedWrite } from './audit-log.ts';
import type { RestartableApiServer } from './restartable-api-server.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

export interface NoOps {
  readonly reconciles: number;
  /** What the API server noted meanwhile; leases are renewed. */
  readonly writes: readonly AuditedWrite[];
}

/** Creates environments, waits until all is said and done, and lets them be looked at again so many times. */
export async function noOps(
  apiServer: RestartableApiServer,
  { environments, resyncs }: { readonly environments: number; readonly resyncs: number },
): Promise<NoOps> {
  const sandbox = await Sandbox.create(apiServer.kubeconfig);
  const names = Array.from({ length: environments }, (_, index) => `chat-${index}`);
  for (const name of names) await sandbox.apply({}, name);
  const operator = await startOperator(sandbox, { timing: { resyncMs: 100 } });
  for (const name of names) await sandbox.condition('Degraded', { status: 'False' }, name);
  await more(operator, 3 * environments);
  const before = apiServer.audit.writes().length;
  const reconciles = await more(operator, resyncs * environments);
  const writes = apiServer.audit.writes().slice(before);
  await operator.stop();
  return { reconciles, writes };
}

/** Waits for so many more reconciliations; how many there were. */
export async function more(operator: RunningOperator, count: number): Promise<number> {
  const before = await reconciles(operator);
  const after = await waitFor(
    `${count} reconciliations`,
    async () => {
      const now = await reconciles(operator);
      return now >= before + count ? now : undefined;
    },
    { seconds: 600 },
  );
  return after - before;
}

async function reconciles(operator: RunningOperator): Promise<number> {
  const { text } = await operator.page('/metrics');
  return Number(/^controller_runtime_reconcile_total\{.*result="success"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}
