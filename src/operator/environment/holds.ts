import type { V1Job } from '@kubernetes/client-node';
import { isMigration, majorChange } from '../../constructs/index.ts';
import { amount, describeProblem, ERRORS } from '../../spec/index.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { Desired } from './desired.ts';
import { isAsApplied } from './drift.ts';

/** Why an object is not applied now, though nobody else has it. */
export interface Hold {
  /** One word for programs. */
  readonly reason: string;
  /** A sentence for people. */
  readonly message: string;
  /** Whether it passes by itself. */
  readonly passes: boolean;
}

/** An object as it is to be, and as it is, if it is there. */
export interface Pair {
  readonly object: Desired;
  readonly live: KubeObject | undefined;
}

/**
 * Objects that must not be applied as things are: a volume that would shrink, which the API server refuses in words that
 * help nobody; a Postgres of another major version over the data of an older one, which would not start; and servers whose
 * migration is not done. What runs goes on running.
 */
export function holdsOf(pairs: readonly Pair[]): ReadonlyMap<Desired, Hold> {
  const holds = new Map<Desired, Hold>();
  for (const { object, live } of pairs) {
    if (live === undefined || object.kind !== 'PersistentVolumeClaim') continue;
    const hold = majorHold(object, live) ?? shrinkHold(object, live);
    if (hold === undefined) continue;
    holds.set(object, hold);
    if (hold.reason !== MAJOR) continue;
    for (const user of pairs.filter((pair) => mounts(pair.object, object))) holds.set(user.object, hold);
  }
  const migration = pairs.find(({ object }) => isMigration(object));
  const wait = migration && migrationHold(migration);
  if (wait === undefined) return holds;
  for (const { object, live } of pairs) {
    const stays = live !== undefined && isAsApplied(object, live);
    if (object.kind === 'Deployment' && !stays) holds.set(object, wait);
  }
  return holds;
}

const MAJOR = 'MajorVersionChange';

/** Why servers are not replaced yet; undefined once the migration is done. */
function migrationHold({ object, live }: Pair): Hold | undefined {
  const { name, namespace } = object.metadata;
  const { status } = (live ?? {}) as Pick<V1Job, 'status'>;
  const condition = (type: string) =>
    status?.conditions?.find((one) => one.type === type && one.status === 'True');
  if (condition('Complete') !== undefined) return undefined;
  const failed = condition('Failed');
  if (failed === undefined) {
    const message = `Job ${name} changes the database; pods of the new version wait for it`;
    return { reason: 'Migrating', message, passes: true };
  }
  const reason = `Job ${name}: ${failed.message}; see kubectl -n ${namespace} logs job/${name}`;
  return held('MigrationFailed', 'TG1470', reason);
}

function majorHold(object: Desired, live: KubeObject): Hold | undefined {
  const change = majorChange(object, live);
  return change === undefined ? undefined : held(MAJOR, 'TG1469', change);
}

function shrinkHold(object: Desired, live: KubeObject): Hold | undefined {
  const [wanted, there] = [storageOf(object), storageOf(live)];
  if (wanted === undefined || there === undefined || amount(wanted) >= amount(there)) return undefined;
  return held(
    'VolumeShrink',
    'TG1468',
    `PersistentVolumeClaim ${object.metadata.name} has ${there} and would get ${wanted}`,
  );
}

function held(reason: string, code: 'TG1468' | 'TG1469' | 'TG1470', why: string): Hold {
  const message = describeProblem({ code, path: '', reason: why, remedy: ERRORS[code].remedy });
  return { reason, message, passes: false };
}

function storageOf({ spec }: { readonly [field: string]: unknown }): string | undefined {
  const { resources } = (spec ?? {}) as {
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
  return resources?.requests?.storage;
}

/** Whether the pods of a workload have a claim as a volume. */
function mounts({ spec }: Desired, claim: Desired): boolean {
  const { template } = (spec ?? {}) as {
    readonly template?: {
      readonly spec?: {
        readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
      };
    };
  };
  return (template?.spec?.volumes ?? []).some(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name,
  );
}
