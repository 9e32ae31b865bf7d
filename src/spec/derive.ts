import { ROLLOUT } from './fleet.ts';
import type { Postgres } from './postgres.ts';
import type { Redis } from './redis.ts';
import { redisMaxMemoryBytes, type SentinelSizing, sentinelSizing } from './redis-sizing.ts';
import type { Route } from './route.ts';
import type { Autoscaling, Drain } from './scaling.ts';

/** The part of a spec that the arithmetic reads. */
interface Sizing {
  readonly route: Route;
  readonly autoscaling: Autoscaling;
  readonly drain: Drain;
  readonly redis: Redis;
  readonly postgres: Postgres;
  /** Workers of tasks, which have a pool each as servers have. */
  readonly tasks?: { readonly max: number } | undefined;
}

/** What follows from a spec by arithmetic, and is therefore asked nowhere. Times are in seconds. */
export interface Derived {
  /** Sockets one replica closes a second when all drain together, and by itself while it cannot ask Redis for more. */
  readonly closesPerSecond: number;
  /** From the first close to the last, with every replica full. */
  readonly drainSeconds: number;
  /** Between a replica leaving the endpoints and its stop signal, so that proxies stop choosing it. */
  readonly preStopSeconds: number;
  /** From the stop signal to the end of the server's process. */
  readonly drainTimeoutSeconds: number;
  /** What Kubernetes waits before it kills: preStop, drain, and a margin for closing stores. */
  readonly terminationGraceSeconds: number;
  /** The same of a worker of tasks: no client is sent to it, so it need not wait for proxies. */
  readonly workerGraceSeconds: number;
  /** A rollout that takes longer has failed: images to pull, then ready. Draining pods do not count. */
  readonly progressDeadlineSeconds: number;
  readonly proxyIdleTimeoutSeconds: number;
  /** Sockets that all replicas are sized for. */
  readonly capacity: number;
  /** Sockets that one replica can let go, at its pace, in the time it has to drain. */
  readonly drainable: number;
  /**
   * Connections to Postgres of one replica: at the most so many that twice the replica ceiling (a rollout) fits, and
   * those of them that it keeps open when idle.
   */
  readonly pool: { readonly min: number; readonly max: number };
  /** `max_connections` of the environment's own Postgres. */
  readonly postgresMaxConnections: number;
  /**
   * Of each PgBouncer: clients it takes, so that one alone can serve all of them, and connections it has to the database;
   * undefined without a pooler.
   */
  readonly postgresPooler: { readonly clients: number; readonly connections: number } | undefined;
  /** `maxmemory` of each Redis of the environment's own; undefined when there is none. */
  readonly redisMaxMemoryBytes: number | undefined;
  /** Of a Redis with Sentinels; undefined when there is none. */
  readonly redisSentinel: SentinelSizing | undefined;
}

const PRE_STOP_SECONDS = 5;
const MARGIN_SECONDS = 15;
const PROGRESS_DEADLINE_SECONDS = 600;

/** Pods in a rollout for each replica. */
export const MOST_PER_REPLICA = 1 + ROLLOUT.surge;
/** Most replicas there are at a time: all of them and, in a rollout, as many new ones. */
export const mostReplicas = ({ max }: Pick<Autoscaling, 'max'>): number => MOST_PER_REPLICA * max;

/** Kept free for people, backups and monitoring. */
export const RESERVED_CONNECTIONS = 10;
const POOL = { least: 1, most: 20, idle: 5 };
/** `max_connections` that Postgres has where nobody says otherwise; more cost memory, idle or not. */
const USUAL_CONNECTIONS = 100;

/** Derives; arithmetic only. */
export function derive(spec: Sizing): Derived {
  const { autoscaling, drain } = spec;
  const closesPerSecond = drain.reconnectsPerSecond / autoscaling.max;
  const capacity = autoscaling.connectionsPerReplica * autoscaling.max;
  const drainSeconds = Math.ceil(capacity / drain.reconnectsPerSecond);
  const drainTimeoutSeconds = drain.graceSeconds ?? drainSeconds + MARGIN_SECONDS;
  const replicas = mostReplicas(autoscaling) + mostReplicas(spec.tasks ?? { max: 0 });
  const pooler = spec.postgres.cloudNativePG?.pooler;
  const postgresMaxConnections =
    pooler === undefined
      ? Math.max(USUAL_CONNECTIONS, 2 * replicas + RESERVED_CONNECTIONS)
      : USUAL_CONNECTIONS;
  const connections =
    (spec.postgres.external?.maxConnections ?? postgresMaxConnections) - RESERVED_CONNECTIONS;
  const redis = spec.redis.standalone ?? spec.redis.sentinel;
  // A connection to a pooler costs the database nothing.
  const share = pooler === undefined ? Math.floor(connections / replicas) : POOL.most;
  const poolMax = Math.min(POOL.most, Math.max(POOL.least, share));
  return {
    closesPerSecond,
    drainSeconds,
    preStopSeconds: PRE_STOP_SECONDS,
    drainTimeoutSeconds,
    terminationGraceSeconds: PRE_STOP_SECONDS + drainTimeoutSeconds + MARGIN_SECONDS,
    workerGraceSeconds: drainTimeoutSeconds + MARGIN_SECONDS,
    progressDeadlineSeconds: PROGRESS_DEADLINE_SECONDS,
    proxyIdleTimeoutSeconds: spec.route.idleTimeoutSeconds,
    capacity,
    drainable: Math.floor(closesPerSecond * drainTimeoutSeconds),
    pool: { min: Math.min(POOL.idle, poolMax), max: poolMax },
    postgresMaxConnections,
    postgresPooler: pooler && {
      clients: replicas * poolMax + RESERVED_CONNECTIONS,
      connections: Math.floor(connections / pooler.instances),
    },
    redisMaxMemoryBytes: redis && redisMaxMemoryBytes(redis),
    redisSentinel: spec.redis.sentinel && sentinelSizing(spec.redis.sentinel),
  };
}
