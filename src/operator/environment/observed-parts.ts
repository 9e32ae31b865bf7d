import type { V1Deployment, V1Ingress, V1StatefulSet } from '@kubernetes/client-node';
import { type Environment, sentinelSizing } from '../../spec/index.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { Finding, PartFinding } from './conditions.ts';
import type { CopyTrouble } from './copies.ts';
import type { Credential } from './credentials.ts';
import { postgresClusterFinding } from './postgres-cluster-finding.ts';

/** The live objects that say how an environment is. */
export interface ObservedParts {
  /** Stores that an extension replaces by something else than a StatefulSet of their name. */
  readonly fromExtension: readonly ('redis' | 'postgres')[];
  readonly credentials: readonly Credential[];
  readonly copyTroubles: readonly CopyTrouble[];
  readonly externalSecrets: readonly KubeObject[];
  readonly server: KubeObject | undefined;
  readonly redis: KubeObject | undefined;
  readonly postgres: KubeObject | undefined;
  /** The CronJob that dumps it. */
  readonly postgresBackup: KubeObject | undefined;
  readonly postgresCluster: KubeObject | undefined;
  /** False when the cluster has no CloudNativePG. */
  readonly postgresClusterServed: boolean;
  readonly ingress: KubeObject | undefined;
  readonly httpRoute: KubeObject | undefined;
  /** False when the cluster has no Gateway API. */
  readonly httpRouteServed: boolean;
}

/** What keeps Secrets that others are the source of from being made, or from being brought up to date. */
export function secretTroubles({ copyTroubles, externalSecrets }: ObservedParts): readonly PartFinding[] {
  const refused = externalSecrets.flatMap(({ metadata, status }) => {
    const { conditions = [] } = (status ?? {}) as { conditions?: readonly Omit<Finding, 'type'>[] };
    const ready = (conditions as readonly Finding[]).find(({ type }) => (type as string) === 'Ready');
    return ready?.status === 'False'
      ? [found('True', ready.reason, `ExternalSecret ${metadata.name}: ${ready.message}`)]
      : [];
  });
  return [...copyTroubles.map(({ reason, message }) => found('True', reason, message)), ...refused];
}

export function credentialsFinding(parts: ObservedParts): PartFinding {
  const { credentials } = parts;
  const missing = credentials.filter(({ state }) => state !== 'present');
  if (missing.length === 0) {
    const names = [...new Set(credentials.map(({ name }) => name))];
    return found('True', 'SecretsFound', `Found ${names.map((name) => `Secret ${name}`).join(', ')}`);
  }
  const sentences = missing.map(({ name, key, state }) =>
    state === 'secretMissing' ? `Secret ${name} does not exist` : `Secret ${name} has no key ${key}`,
  );
  const [trouble] = secretTroubles(parts);
  if (trouble !== undefined) sentences.push(trouble.message);
  const reason = missing.some(({ state }) => state === 'secretMissing') ? 'SecretMissing' : 'KeyMissing';
  return found('False', reason, sentences.join('; '));
}

export function databaseFinding({ spec }: Environment, parts: ObservedParts): PartFinding {
  if (spec.postgres.cloudNativePG !== undefined) {
    return postgresClusterFinding(parts.postgresCluster, parts.postgresClusterServed);
  }
  if (parts.fromExtension.includes('postgres')) return notOurs('Postgres');
  if (spec.postgres.external === undefined) return storeFinding('postgres', parts.postgres);
  return found('True', 'External', `Postgres at ${spec.postgres.external.host} is not observed`);
}

export function cacheFinding({ spec }: Environment, parts: ObservedParts): PartFinding {
  if (spec.redis.inProcess !== undefined)
    return found('True', 'InProcess', 'Messages stay in the one replica');
  const { external, sentinel } = spec.redis;
  if (parts.fromExtension.includes('redis')) return notOurs('Redis');
  if (external === undefined) {
    return storeFinding('redis', parts.redis, sentinel && sentinelSizing(sentinel).quorum);
  }
  const place =
    external.sentinel !== undefined
      ? `behind Sentinels ${external.sentinel.nodes.join(', ')}`
      : external.cluster !== undefined
        ? `as a Cluster with ${external.cluster.nodes.join(', ')}`
        : `at ${external.host}`;
  return found('True', 'External', `Redis ${place} is not observed`);
}

function notOurs(store: string): PartFinding {
  return found('True', 'FromExtension', `${store} is what the extension makes of it, and is not observed`);
}

/** @param enough replicas with which it does its work; all of them by default */
function storeFinding(store: string, live: KubeObject | undefined, enough?: number): PartFinding {
  if (live === undefined) return found('False', 'Missing', `StatefulSet of ${store} does not exist`);
  const { metadata, spec, status } = live as unknown as V1StatefulSet;
  const wanted = spec?.replicas ?? 1;
  const ready = status?.readyReplicas ?? 0;
  const what = `StatefulSet ${metadata?.name} has ${ready} of ${wanted} replicas ready`;
  if (isBehind(live))
    return found('False', 'NotObserved', `StatefulSet ${metadata?.name} is about to be updated`);
  if (ready >= wanted) return found('True', 'ReplicasReady', what);
  if (ready >= (enough ?? wanted))
    return found('True', 'ReplicasMissing', `${what}, and works with ${enough}`);
  return found('False', 'ReplicasNotReady', what);
}

/** How the server fleet is, for the conditions that speak of it. */
export interface ServerFinding {
  readonly available: PartFinding;
  readonly rollout: PartFinding;
  /** Set when Kubernetes has given up on the rollout, or cannot create pods. */
  readonly failure: PartFinding | undefined;
}

export function serverFinding(live: KubeObject | undefined): ServerFinding {
  if (live === undefined) {
    const missing = found('False', 'ServerMissing', 'Deployment of the server does not exist');
    return { available: missing, rollout: { ...missing, status: 'True' }, failure: undefined };
  }
  const { metadata, spec, status } = live as unknown as V1Deployment;
  const what = `Deployment ${metadata?.name}`;
  const condition = (type: string) => status?.conditions?.find((one) => one.type === type);
  const wanted = spec?.replicas ?? 1;
  const ready = status?.readyReplicas ?? 0;
  const updated = status?.updatedReplicas ?? 0;
  const available = condition('Available')?.status === 'True' && ready > 0;
  const replicas = `${what} has ${ready} of ${wanted} replicas ready, ${updated} updated`;
  const complete =
    !isBehind(live) && updated >= wanted && ready >= wanted && (status?.replicas ?? 0) <= wanted;
  const stuck = condition('Progressing');
  const refused = condition('ReplicaFailure');
  return {
    available: available
      ? found('True', 'ServerAvailable', replicas)
      : found('False', 'ServerNotAvailable', replicas),
    rollout: complete ? found('False', 'RolloutComplete', replicas) : found('True', 'RollingOut', replicas),
    failure:
      stuck?.status === 'False'
        ? found('True', stuck.reason ?? 'RolloutFailed', `${what}: ${stuck.message}`)
        : refused?.status === 'True'
          ? found('True', refused.reason ?? 'ReplicaFailure', `${what}: ${refused.message}`)
          : undefined,
  };
}

export function routeFinding({ spec }: Environment, parts: ObservedParts): PartFinding {
  const findings = [
    ...(spec.route.ingress === undefined ? [] : [ingressFinding(parts.ingress)]),
    ...(spec.route.gateway === undefined ? [] : [gatewayFinding(spec.route.gateway.name, parts)]),
  ];
  const [first] = findings;
  if (first === undefined) return found('False', 'NoRoute', 'The environment has no route');
  const unready = findings.filter(({ status }) => status !== 'True');
  const told = unready.length > 0 ? unready : findings;
  return { ...(unready[0] ?? first), message: told.map(({ message }) => message).join('; ') };
}

/** An Ingress has no word for being accepted, and not every controller reports an address; so one that is there is ready. */
function ingressFinding(live: KubeObject | undefined): PartFinding {
  if (live === undefined) return found('False', 'IngressMissing', 'Ingress does not exist');
  const { metadata, spec, status } = live as unknown as V1Ingress;
  const addresses = (status?.loadBalancer?.ingress ?? []).flatMap(({ hostname, ip }) => hostname ?? ip ?? []);
  const where = addresses.length === 0 ? 'no address is reported yet' : `reached at ${addresses.join(', ')}`;
  const what = `Ingress ${metadata?.name} of class ${spec?.ingressClassName} is applied`;
  return found('True', addresses.length === 0 ? 'Applied' : 'Admitted', `${what}, ${where}`);
}

/** The part of an HTTPRoute's status that is read. */
interface RouteStatus {
  readonly parents?: readonly {
    readonly parentRef?: { readonly name?: string };
    readonly conditions?: readonly { type: string; status: string; reason?: string; message?: string }[];
  }[];
}

function gatewayFinding(gateway: string, { httpRoute, httpRouteServed }: ObservedParts): PartFinding {
  if (!httpRouteServed) {
    return found(
      'False',
      'GatewayAPIMissing',
      'The cluster does not serve HTTPRoute; install the Gateway API',
    );
  }
  if (httpRoute === undefined) return found('False', 'HTTPRouteMissing', 'HTTPRoute does not exist');
  const what = `HTTPRoute ${httpRoute.metadata.name}`;
  const parents = ((httpRoute.status as RouteStatus | undefined)?.parents ?? []).filter(
    ({ parentRef }) => parentRef?.name === gateway,
  );
  if (parents.length === 0)
    return found('False', 'NotAccepted', `${what} is not accepted by Gateway ${gateway} yet`);
  const refusals = parents.map(({ conditions = [] }) =>
    conditions.find(({ type, status }) => ['Accepted', 'ResolvedRefs'].includes(type) && status !== 'True'),
  );
  if (refusals.includes(undefined))
    return found('True', 'Accepted', `${what} is accepted by Gateway ${gateway}`);
  const refusal = refusals[0];
  return found('False', refusal?.reason ?? 'NotAccepted', `${what}: ${refusal?.message ?? refusal?.type}`);
}

/** Whether its controller has not yet seen the newest spec. */
function isBehind({ metadata, status }: KubeObject): boolean {
  const seen = (status as { observedGeneration?: number } | undefined)?.observedGeneration ?? 0;
  return seen < (metadata.generation ?? 0);
}

function found(status: PartFinding['status'], reason: string, message: string): PartFinding {
  return { status, reason, message };
}
