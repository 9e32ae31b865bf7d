import type { Derived } from './derive.ts';

/** How each value is derived, in the words of docs/reference/derived.md. */
export const ARITHMETIC: Readonly<Record<keyof Derived, string>> = {
  closesPerSecond: 'drain.reconnectsPerSecond ÷ autoscaling.max',
  drainSeconds: 'autoscaling.connectionsPerReplica × autoscaling.max ÷ drain.reconnectsPerSecond, rounded up',
  preStopSeconds: '5: what proxies take to learn that a replica leaves',
  drainTimeoutSeconds: 'drain.graceSeconds, else drainSeconds + 15',
  terminationGraceSeconds: 'preStopSeconds + drainTimeoutSeconds + 15, in which stores are closed',
  workerGraceSeconds: 'terminationGraceSeconds − preStopSeconds: no client is sent to a worker of tasks',
  progressDeadlineSeconds: '600: images to pull, then ready; pods that drain do not count',
  proxyIdleTimeoutSeconds: 'route.idleTimeoutSeconds',
  capacity: 'autoscaling.connectionsPerReplica × autoscaling.max',
  drainable: 'closesPerSecond × drainTimeoutSeconds, rounded down',
  pool: 'max: (connections of Postgres − 10) ÷ (2 × autoscaling.max + 2 × tasks.max), from 1 to 20, or 20 behind a pooler; min: 5, and no more than max',
  postgresMaxConnections:
    '2 × (2 × autoscaling.max + 2 × tasks.max) + 10, and no fewer than 100; 100 behind a pooler',
  postgresPooler:
    'clients: (2 × autoscaling.max + 2 × tasks.max) × pool.max + 10; connections: (postgresMaxConnections − 10) ÷ instances of the pooler',
  redisMaxMemoryBytes: 'half of resources.limits.memory of Redis: the other half is for rewriting its log',
  redisSentinel:
    'quorum: replicas ÷ 2 + 1; failoverTimeoutSeconds: 2 × downAfterSeconds (5); terminationGraceSeconds: 15 to hand over + 10 to catch up + 15; backlogBytes: redisMaxMemoryBytes ÷ 16, and no fewer than 1 MiB',
};
