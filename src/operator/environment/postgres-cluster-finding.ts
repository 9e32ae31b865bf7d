import type { Condition } from '../../spec/index.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { PartFinding } from './conditions.ts';

/** The part of the status of a Cluster that is read. */
interface ClusterStatus {
  readonly phase?: string;
  readonly phaseReason?: string;
  readonly readyInstances?: number;
  readonly conditions?: readonly Condition[];
}

const HEALTHY = 'Cluster in healthy state';

/**
 * Phases in which there is no primary, or the operator of CloudNativePG cannot go on by itself. In all others the primary
 * goes on while replicas come or go.
 *
 * @see https://github.com/cloudnative-pg/cloudnative-pg/blob/main/api/v1/cluster_types.go
 */
const OUTAGES: Readonly<Record<string, string>> = {
  'Setting up primary': 'SettingUpPrimary',
  'Failing over': 'FailingOver',
  'Switchover in progress': 'SwitchingOver',
  'Primary instance is being restarted in-place': 'PrimaryRestarting',
  'Primary instance is being restarted without a switchover': 'PrimaryRestarting',
  'Upgrading Postgres major version': 'UpgradingMajorVersion',
  'Cluster is unrecoverable and needs manual intervention': 'Unrecoverable',
  'Unable to create required cluster objects': 'ObjectsNotCreated',
  'Invalid cluster definition': 'InvalidDefinition',
  'Cluster has incomplete or invalid image catalog': 'InvalidDefinition',
  'Cluster cannot proceed to reconciliation due to an unknown plugin being required': 'PluginMissing',
  'Cluster cannot proceed to reconciliation due to an error while interacting with plugins': 'PluginFailed',
};

/** Whether the database of a cluster can be used, as its operator tells. */
export function postgresClusterFinding(live: KubeObject | undefined, served: boolean): PartFinding {
  if (!served) {
    return found(
      'False',
      'CloudNativePGMissing',
      'The cluster does not serve Cluster of postgresql.cnpg.io/v1; install CloudNativePG',
    );
  }
  if (live === undefined) return found('False', 'Missing', 'Cluster of Postgres does not exist');
  const what = `Cluster ${live.metadata.name}`;
  const { phase, phaseReason, readyInstances = 0 } = statusOf(live);
  if (phase === undefined) {
    return found('False', 'NotObserved', `${what} is not cared for yet; see that CloudNativePG runs`);
  }
  const { instances } = (live.spec ?? {}) as { readonly instances?: number };
  const ready = `${readyInstances} of ${instances} instances ready`;
  const told = phaseReason === undefined || phaseReason === '' ? phase : `${phase}: ${phaseReason}`;
  if (phase === HEALTHY) return found('True', 'ClusterHealthy', `${what} has ${ready}`);
  const message = `${what} has ${ready} (${told})`;
  const outage = OUTAGES[phase];
  if (outage !== undefined) return found('False', outage, message);
  return readyInstances > 0
    ? found('True', 'ClusterChanging', message)
    : found('False', 'InstancesNotReady', message);
}

/** What is wrong with the backups of a cluster; undefined when nothing is known to be. */
export function clusterBackupTrouble(live: KubeObject | undefined): PartFinding | undefined {
  if (live === undefined) return undefined;
  const failed = (statusOf(live).conditions ?? []).find(
    ({ type, status }) =>
      (type === 'LastBackupSucceeded' || type === 'ContinuousArchiving') && status === 'False',
  );
  if (failed === undefined) return undefined;
  const what = failed.type === 'ContinuousArchiving' ? 'does not archive its log' : 'has no new backup';
  return found('True', 'BackupFailed', `Cluster ${live.metadata.name} ${what}: ${failed.message}`);
}

function statusOf({ status }: KubeObject): ClusterStatus {
  return (status ?? {}) as ClusterStatus;
}

function found(status: PartFinding['status'], reason: string, message: string): PartFinding {
  return { status, reason, message };
}
