import type { Construct } from 'constructs';
import type { Environment } from '../spec/index.ts';
import { Autoscaling, type AutoscalingProps } from './autoscaling.ts';
import { DisruptionBudget, type DisruptionBudgetProps } from './disruption-budget.ts';
import { NetworkBoundary, type NetworkBoundaryProps } from './network-boundary.ts';
import { Observability, type ObservabilityProps } from './observability.ts';
import { Postgres, type PostgresProps } from './postgres.ts';
import { PostgresCluster, type PostgresClusterProps } from './postgres-cluster.ts';
import { RealtimeServer, type RealtimeServerProps } from './realtime-server.ts';
import { Redis, type RedisProps } from './redis.ts';
import { RedisSentinel, type RedisSentinelProps } from './redis-sentinel.ts';
import { Route, type RouteProps } from './route.ts';
import { TaskWorkers, type TaskWorkersProps } from './task-workers.ts';

/** A class that can stand for a part: a subclass of it, or any construct that takes its props and offers what it does. */
export type PartClass<Props, Part extends Construct> = new (
  scope: Construct,
  id: string,
  props: Props,
) => Construct & Omit<Part, keyof Construct>;

/** The class of each part of an environment. */
export interface PartClasses {
  readonly redis: PartClass<RedisProps, Redis>;
  readonly redisSentinel: PartClass<RedisSentinelProps, RedisSentinel>;
  readonly postgres: PartClass<PostgresProps, Postgres>;
  readonly postgresCluster: PartClass<PostgresClusterProps, PostgresCluster>;
  readonly server: PartClass<RealtimeServerProps, RealtimeServer>;
  readonly autoscaling: PartClass<AutoscalingProps, Autoscaling>;
  readonly workers: PartClass<TaskWorkersProps, TaskWorkers>;
  readonly disruptionBudget: PartClass<DisruptionBudgetProps, DisruptionBudget>;
  readonly network: PartClass<NetworkBoundaryProps, NetworkBoundary>;
  readonly route: PartClass<RouteProps, Route>;
  readonly observability: PartClass<ObservabilityProps, Observability>;
}

/** What an environment consists of unless an extension replaces it. */
export const PARTS: PartClasses = {
  redis: Redis,
  redisSentinel: RedisSentinel,
  postgres: Postgres,
  postgresCluster: PostgresCluster,
  server: RealtimeServer,
  autoscaling: Autoscaling,
  workers: TaskWorkers,
  disruptionBudget: DisruptionBudget,
  network: NetworkBoundary,
  route: Route,
  observability: Observability,
};

type Part<Name extends keyof PartClasses> = InstanceType<PartClasses[Name]>;

/** An environment as a construct: what it was made from, and its parts. */
export interface EnvironmentConstruct extends Construct {
  readonly metadata: Environment['metadata'];
  readonly spec: Environment['spec'];
  /** The environment's own Redis; undefined when it has Sentinels, is external or in-process. */
  readonly redis: Part<'redis'> | undefined;
  /** Its Redis with Sentinels; undefined when it is another. */
  readonly redisSentinel: Part<'redisSentinel'> | undefined;
  /** The environment's own Postgres; undefined when it is a cluster or external. */
  readonly postgres: Part<'postgres'> | undefined;
  /** Its Postgres as a cluster of CloudNativePG; undefined when it is another. */
  readonly postgresCluster: Part<'postgresCluster'> | undefined;
  readonly server: Part<'server'>;
  readonly autoscaling: Part<'autoscaling'>;
  /** Workers of tasks; undefined when there are none. */
  readonly workers: Part<'workers'> | undefined;
  readonly disruptionBudget: Part<'disruptionBudget'>;
  readonly network: Part<'network'>;
  readonly route: Part<'route'>;
  readonly observability: Part<'observability'>;
}
