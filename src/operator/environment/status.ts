import type { V1Deployment } from '@kubernetes/client-node';
import {
  type Condition,
  describeProblem,
  type Environment,
  type EnvironmentStatus,
  ERRORS,
  endpoints,
  SpecError,
  type TidegateError,
} from '../../spec/index.ts';
import { isPassing } from '../api/api-error.ts';
import { backupTrouble } from './backup-finding.ts';
import type { Finding, PartFinding } from './conditions.ts';
import type { Delivered, Foreign } from './delivery.ts';
import type { Hold } from './holds.ts';
import {
  cacheFinding,
  credentialsFinding,
  databaseFinding,
  type ObservedParts,
  routeFinding,
  type ServerFinding,
  secretTroubles,
  serverFinding,
} from './observed-parts.ts';
import { clusterBackupTrouble } from './postgres-cluster-finding.ts';

/** Conditions of an environment whose spec is refused, or whose extension fails. What runs goes on running as it was. */
export function refusedFindings(error: TidegateError): readonly Finding[] {
  const reason = error instanceof SpecError ? 'InvalidSpec' : 'ExtensionFailed';
  const finding = { reason, message: error.problems.map(describeProblem).join(' ') };
  return [
    { type: 'Ready', status: 'False', ...finding },
    { type: 'Progressing', status: 'False', ...finding },
    { type: 'Degraded', status: 'True', ...finding },
    { type: 'Applied', status: 'False', ...finding },
  ];
}

/**
 * What is said of fields that this version does not know, since the custom resources of a newer one are installed; nothing
 * while there never were any.
 */
export function ignoredFindings(
  unknown: readonly string[],
  before: readonly Condition[],
): readonly Finding[] {
  const type = 'FieldsIgnored';
  if (unknown.length > 0) {
    const reason = `This operator does not know these fields, and goes without them: ${unknown.join(', ')}`;
    const message = describeProblem({ code: 'TG1481', path: '', reason, remedy: ERRORS.TG1481.remedy });
    return [{ type, status: 'True', reason: 'UnknownFields', message }];
  }
  if (!before.some((condition) => condition.type === type)) return [];
  return [{ type, status: 'False', reason: 'FieldsKnown', message: 'Every field of the spec is known' }];
}

/** Conditions of an environment of which an object belongs to somebody else. */
export function foreignFindings(
  foreign: readonly Foreign[],
  delivered: readonly Delivered[],
): readonly Finding[] {
  const named = foreign.map(({ object, owner }) => `${object.kind} ${object.metadata.name} to ${owner}`);
  const done = delivered.length === 0 ? 'Nothing' : 'Not all';
  const finding = {
    reason: 'OwnedByAnother',
    message: ownedByAnother(`${done} was applied, for these belong to others: ${named.join(', ')}`),
  };
  return [
    { type: 'Ready', status: 'False', ...finding },
    { type: 'Progressing', status: 'False', ...finding },
    { type: 'Degraded', status: 'True', ...finding },
    { type: 'Applied', status: 'False', ...finding },
  ];
}

/** Conditions of an environment as its parts are. */
export function partFindings(
  environment: Environment,
  parts: ObservedParts,
  delivered: readonly Delivered[],
): readonly Finding[] {
  const server = serverFinding(parts.server);
  const findings = {
    SecretsReady: credentialsFinding(parts),
    DatabaseReady: databaseFinding(environment, parts),
    CacheReady: cacheFinding(environment, parts),
    RouteReady: routeFinding(environment, parts),
  };
  const unready = [
    ...Object.entries(findings).map(([type, finding]) => ({
      ...finding,
      reason: type.replace('Ready', 'NotReady'),
    })),
    server.available,
  ].filter(({ status }) => status !== 'True');
  const degraded =
    troubleOf(delivered) ??
    server.failure ??
    secretTroubles(parts)[0] ??
    clusterBackupTrouble(parts.postgresCluster) ??
    backupTrouble(parts.postgresBackup);
  const { host } = environment.spec;
  return [
    unready.length === 0
      ? { type: 'Ready', status: 'True', reason: 'Ready', message: `Clients can connect to ${host}` }
      : {
          type: 'Ready',
          status: 'False',
          reason: unready[0]?.reason ?? 'NotReady',
          message: unready.map(({ message }) => message).join('; '),
        },
    { type: 'Progressing', ...rolloutFinding(server, delivered) },
    degraded === undefined
      ? { type: 'Degraded', status: 'False', reason: 'AsExpected', message: 'No object was refused' }
      : { type: 'Degraded', ...degraded },
    { type: 'Applied', ...appliedFinding(delivered) },
    ...Object.entries(findings).map(([type, finding]) => ({
      type: type as keyof typeof findings,
      ...finding,
    })),
  ];
}

/** Whether every object is as the spec says; one that failed for a reason that passes is not, though nothing is wrong. */
function appliedFinding(delivered: readonly Delivered[]): PartFinding {
  const open = delivered.filter(({ applied }) =>
    ['yielded', 'failed', 'notServed', 'held'].includes(applied.did),
  );
  if (open.length === 0) {
    return { status: 'True', reason: 'Applied', message: 'Every object of the environment is applied' };
  }
  const named = open.map(({ object }) => `${object.kind} ${object.metadata.name}`).join(', ');
  return { status: 'False', reason: 'NotApplied', message: `Not applied yet: ${named}` };
}

/** How far the newest version is; servers that are held back wait for something before their rollout begins. */
function rolloutFinding({ rollout }: ServerFinding, delivered: readonly Delivered[]): PartFinding {
  const hold = delivered.flatMap(({ object, applied }) =>
    object.kind === 'Deployment' && applied.did === 'held' ? [applied.hold] : [],
  )[0];
  if (hold === undefined) return rollout;
  return { status: hold.passes ? 'True' : 'False', reason: hold.reason, message: hold.message };
}

function holdsAmong(delivered: readonly Delivered[]): readonly Hold[] {
  return delivered.flatMap(({ applied }) => (applied.did === 'held' ? [applied.hold] : []));
}

function troubleOf(delivered: readonly Delivered[]): Omit<Finding, 'type'> | undefined {
  const name = ({ object }: Delivered) => `${object.kind} ${object.metadata.name}`;
  const yielded = delivered.flatMap((one) =>
    one.applied.did === 'yielded' ? [`${name(one)} is also applied by ${one.applied.to}`] : [],
  );
  const failed = delivered.flatMap((one) =>
    one.applied.did === 'failed' && !isPassing(one.applied.error)
      ? [`${name(one)}: ${(one.applied.error as Error).message}`]
      : [],
  );
  const absent = delivered.flatMap(({ object, applied }) =>
    // The route itself tells of a missing Gateway API, the database of a missing CloudNativePG.
    applied.did === 'notServed' && object.kind !== 'HTTPRoute' && object.kind !== 'Cluster'
      ? [`The cluster does not serve ${object.kind} of ${object.apiVersion}`]
      : [],
  );
  if (yielded.length > 0) {
    return { status: 'True', reason: 'OwnedByAnother', message: ownedByAnother(yielded.join('; ')) };
  }
  const holds = holdsAmong(delivered).filter(({ passes }) => !passes);
  const [hold] = holds;
  if (hold !== undefined) {
    const message = [...new Set(holds.map((one) => one.message))].join('; ');
    return { status: 'True', reason: hold.reason, message };
  }
  if (failed.length > 0) return { status: 'True', reason: 'ApplyFailed', message: failed.join('; ') };
  if (absent.length > 0)
    return { status: 'True', reason: 'KindNotServed', message: [...new Set(absent)].join('; ') };
  return undefined;
}

function ownedByAnother(reason: string): string {
  return describeProblem({ code: 'TG3001', path: '', reason, remedy: ERRORS.TG3001.remedy });
}

/** Where clients connect, by the routes that exist. */
export function endpointsOf({ spec }: Environment, parts: ObservedParts): EnvironmentStatus['endpoints'] {
  const live = { ingress: parts.ingress, gateway: parts.httpRoute };
  return endpoints(spec).filter(({ route }) => live[route] !== undefined);
}

/** Replicas of the server. */
export function replicasOf({ server }: ObservedParts): EnvironmentStatus['replicas'] {
  if (server === undefined) return { desired: 0, ready: 0, updated: 0 };
  const { spec, status } = server as unknown as V1Deployment;
  return {
    desired: spec?.replicas ?? 1,
    ready: status?.readyReplicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
  };
}

/** Conditions by which a status differs from the one before. */
export function transitions(before: readonly Condition[], after: readonly Condition[]): readonly Condition[] {
  return after.filter((condition) => {
    const previous = before.find(({ type }) => type === condition.type);
    return previous?.status !== condition.status || previous.reason !== condition.reason;
  });
}
