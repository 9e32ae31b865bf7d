export { type AlertRule, alertRules } from './alert-rules.ts';
export { type AlertSubject, alertSubject } from './alert-subject.ts';
export { Alerts, type AlertsProps } from './alerts.ts';
export { Autoscaling, type AutoscalingProps, CONNECTIONS_METRIC } from './autoscaling.ts';
export { Dashboard, type DashboardProps } from './dashboard.ts';
export { isKept } from './data-claim.ts';
export { DisruptionBudget, type DisruptionBudgetProps } from './disruption-budget.ts';
export type { Destination } from './egress.ts';
export type { DatabaseConnection, Endpoint } from './endpoint.ts';
export { type Aspect, defineExtension, type Extension } from './extension.ts';
export { ExternalSecret, type ExternalSecretProps } from './external-secret.ts';
export { generatedSecret, type SecretManifest, secretManifest } from './generated-secret.ts';
export { HttpRoute, type HttpRouteProps } from './http-route.ts';
export { Ingress, type IngressProps } from './ingress.ts';
export { HOLDS_DATA, type Kind, TREE_KINDS, treeKinds } from './kinds.ts';
export {
  COMPONENT,
  INSTANCE,
  instanceLabels,
  PART_OF,
  SERVER_PODS,
  selectorOf,
  TIDEGATE,
} from './labels.ts';
export type { Manifest } from './manifest.ts';
export { isMigration } from './migration.ts';
export { jobOf, Monitor, type MonitorProps } from './monitor.ts';
export { NetworkBoundary, type NetworkBoundaryProps } from './network-boundary.ts';
export { Observability, type ObservabilityProps } from './observability.ts';
export {
  FRONT_DOORS,
  type FrontDoor,
  HANDED_TO,
  MANAGED_BY,
  managedBy,
  owned,
  ownedBy,
} from './ownership.ts';
export type { EnvironmentConstruct, PartClass, PartClasses } from './parts.ts';
export { Postgres, type PostgresProps } from './postgres.ts';
export { type DumpProps, PostgresBackup } from './postgres-backup.ts';
export { PostgresCluster, type PostgresClusterProps } from './postgres-cluster.ts';
export { majorChange, POSTGRES_MAJOR } from './postgres-major.ts';
export { restoreJob } from './postgres-restore.ts';
export { RealtimeEnvironment } from './realtime-environment.ts';
export { RealtimeServer, type RealtimeServerProps } from './realtime-server.ts';
export { Redis, type RedisProps } from './redis.ts';
export type { RedisConnection } from './redis-connection.ts';
export { RedisSentinel, type RedisSentinelProps } from './redis-sentinel.ts';
export { render } from './render.ts';
export { Route, type RouteProps } from './route.ts';
export { TaskWorkers, type TaskWorkersProps } from './task-workers.ts';
