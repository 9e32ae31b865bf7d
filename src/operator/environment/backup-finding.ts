import type { V1CronJob } from '@kubernetes/client-node';
import { COMPONENT } from '../../constructs/index.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { PartFinding } from './conditions.ts';

/** What is wrong with the backups that a CronJob takes; undefined while one runs, and when the last one succeeded. */
export function backupTrouble(live: KubeObject | undefined): PartFinding | undefined {
  if (live === undefined) return undefined;
  const { metadata, status } = live as unknown as V1CronJob;
  const { active = [], lastScheduleTime, lastSuccessfulTime } = status ?? {};
  if (lastScheduleTime === undefined || active.length > 0) return undefined;
  const since = new Date(lastScheduleTime);
  if (lastSuccessfulTime !== undefined && new Date(lastSuccessfulTime) >= since) return undefined;
  const logs = `kubectl -n ${metadata?.namespace} logs -l ${COMPONENT}=backup --all-containers`;
  return {
    status: 'True',
    reason: 'BackupFailed',
    message: `CronJob ${metadata?.name} has no backup of ${lastScheduleTime}; see ${logs}`,
  };
}
