import type { CustomTimeouts } from '@pulumi/pulumi';
import { isMigration, type Manifest } from '../../constructs/index.ts';

/**
 * Order in which objects come, and go in reverse: first all that pods need or are reached by, then the stores, what is
 * done to the database, then the server. So the server drains while its route, its budget and its stores are still there.
 */
export const STEPS = ['surroundings', 'stores', 'migration', 'server'] as const;
export type Step = (typeof STEPS)[number];

const STORES: ReadonlySet<string> = new Set(['StatefulSet', 'Cluster', 'Pooler', 'ScheduledBackup']);

export function stepOf(manifest: Manifest): Step {
  const { kind } = manifest;
  if (isMigration(manifest)) return 'migration';
  // A Job of an extension may need the server.
  if (kind === 'Deployment' || kind === 'Job') return 'server';
  return STORES.has(kind) ? 'stores' : 'surroundings';
}

/** The fields of a workload that say how long it may take. */
interface WorkloadSpec {
  readonly progressDeadlineSeconds?: number;
  readonly activeDeadlineSeconds?: number;
  readonly template?: { readonly spec?: { readonly terminationGracePeriodSeconds?: number } };
}

/** What the provider waits when nothing is said. */
const DEFAULT_SECONDS = 600;
const MARGIN_SECONDS = 60;

/** Lets the provider wait at least as long as Kubernetes does: for a rollout to fail, for pods to drain. */
export function timeoutsOf({ spec }: Manifest): CustomTimeouts {
  const { progressDeadlineSeconds = 0, activeDeadlineSeconds = 0, template } = (spec ?? {}) as WorkloadSpec;
  const rollout = atLeastDefault(Math.max(progressDeadlineSeconds, activeDeadlineSeconds));
  return {
    create: rollout,
    update: rollout,
    delete: atLeastDefault(template?.spec?.terminationGracePeriodSeconds ?? 0),
  };
}

function atLeastDefault(seconds: number): string {
  return `${Math.max(DEFAULT_SECONDS, seconds + MARGIN_SECONDS)}s`;
}
