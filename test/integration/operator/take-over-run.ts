import { KubeConfig } from '@kubernetes/client-node';
import { waitFor } from '../../cluster/wait-for.ts';
import type { AuditedWrite } from './audit-log.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { refuse } from './proxy-faults.ts';
import type { RestartableApiServer } from './restartable-api-server.ts';
import { type RunningOperator, Sandbox, startOperator } from './sandbox.ts';

const TIMING = { lease: { leaseMs: 2_000, renewDeadlineMs: 1_200, retryMs: 200 } };

export interface TakeOver {
  /** Writes of the leader while it could not renew its lease. */
  readonly before: readonly AuditedWrite[];
  /** Writes of the one that took over. */
  readonly after: readonly AuditedWrite[];
}

/**
 * Runs two operators, each with a name of its own to the API server, and keeps the leader from its lease alone. Meanwhile
 * there is always something to write.
 */
export async function takeOver(apiServer: RestartableApiServer): Promise<TakeOver> {
  const sandbox = await Sandbox.create(apiServer.kubeconfig);
  const [one, other] = [await member(sandbox, 'one'), await member(sandbox, 'other')];
  const leader = await startOperator(sandbox, { kubeconfig: one.kubeconfig, timing: TIMING });
  await said(leader, 'Became leader');
  const standby = await startOperator(sandbox, { kubeconfig: other.kubeconfig, timing: TIMING });
  await sandbox.apply();
  await sandbox.condition('Degraded', { status: 'False' });

  let drifting = true;
  const drift = (async () => {
    for (let count = 0; drifting; count += 1) {
      await sandbox.kubectl([
        'label',
        'service',
        'chat-server',
        '--overwrite',
        `app.kubernetes.io/name=${count}`,
      ]);
    }
  })();
  const led = writesOf(apiServer, sandbox, 'one').length;
  one.begin({ answer: (_, response, { url = '' }) => url.includes('/leases') && refuse(response, 500) });
  await said(standby, 'Became leader');
  const taken = writesOf(apiServer, sandbox, 'other').length;
  await waitFor('writes of the heir', () =>
    writesOf(apiServer, sandbox, 'other').length > taken + 3 ? true : undefined,
  );
  drifting = false;
  await drift;
  await Promise.all([leader.stop(), standby.stop()]);
  await Promise.all([one.close(), other.close()]);
  return {
    before: writesOf(apiServer, sandbox, 'one').slice(led),
    after: writesOf(apiServer, sandbox, 'other'),
  };
}

/** A way to the API server with a name of its own and all rights. */
async function member(sandbox: Sandbox, name: string): Promise<FaultyProxy> {
  await sandbox.kubectl(['create', 'serviceaccount', name]);
  const account = `${sandbox.namespace}:${name}`;
  const binding = `${sandbox.namespace}-${name}`;
  await sandbox.kubectl([
    ...['create', 'clusterrolebinding', binding],
    ...['--clusterrole=cluster-admin', `--serviceaccount=${account}`],
  ]);
  const token = (await sandbox.kubectl(['create', 'token', name])).trim();
  const config = new KubeConfig();
  config.loadFromFile(sandbox.kubeconfig);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('The kubeconfig has no cluster');
  config.loadFromClusterAndUser(cluster, { name, token });
  return FaultyProxy.start(config);
}

function writesOf(
  apiServer: RestartableApiServer,
  { namespace }: Sandbox,
  name: string,
): readonly AuditedWrite[] {
  const username = `system:serviceaccount:${namespace}:${name}`;
  return apiServer.audit.writes().filter(({ user }) => user.username === username);
}

const said = (operator: RunningOperator, message: string) =>
  waitFor(`an operator to say: ${message}`, () => operator.logs.find(({ msg }) => msg === message));
