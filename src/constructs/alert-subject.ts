import { amount, type Derived, type EnvironmentSpec } from '../spec/index.ts';

/** Series that alerts are about, and the sizes at which they go off. */
export interface AlertSubject {
  readonly namespace: string;
  /** Label `job` of the series. */
  readonly job: string;
  /** Seconds between two readings of a replica. */
  readonly intervalSeconds: number;
  /** Sockets that one replica accepts. */
  readonly mostConnections: number;
  /** Sockets that all replicas are sized for. */
  readonly capacity: number;
  /** Sockets that one replica can let go, at its pace, in the time it has to drain. */
  readonly drainable: number;
  /** Sockets that drains let go a second, over all replicas. */
  readonly reconnectsPerSecond: number;
  /** Memory limit of one replica, in bytes. */
  readonly memoryBytes: number;
  /** Whether messages go through Redis. */
  readonly redis: boolean;
}

/** What the alerts of an environment are about. */
export function alertSubject(
  { namespace, job }: Pick<AlertSubject, 'namespace' | 'job'>,
  { drain, observability, redis, server }: EnvironmentSpec,
  { capacity, drainable }: Derived,
): AlertSubject {
  return {
    namespace,
    job,
    intervalSeconds: observability?.monitor?.intervalSeconds ?? 30,
    mostConnections: server.settings.limits.connections,
    capacity,
    drainable,
    reconnectsPerSecond: drain.reconnectsPerSecond,
    memoryBytes: amount(server.resources.limits.memory),
    redis: redis.inProcess === undefined,
  };
}
