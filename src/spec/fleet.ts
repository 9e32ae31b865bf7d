/** How servers are replaced, taken away, added and asked for their health; asked nowhere. Times are in seconds. */

/**
 * All new pods beside all old ones, as a share of the replicas, and none fewer meanwhile: who leaves an old pod lands on a new
 * one. So there are (1 + 1) × max pods at the most.
 */
export const ROLLOUT = { surge: 1, maxUnavailable: 0 } as const;

/** Templates that `kubectl rollout undo` may go back to. */
export const KEPT_REVISIONS = 5;

/** Pods that the drain of a node may take at a time: 1, so that the sockets of each find all others. */
export const EVICTED_AT_ONCE = 1;

/**
 * A wave of connects is met at once: twice as many replicas each 15 s, which is how often Kubernetes looks. Each replica
 * that goes moves its sockets, so a lull of less than 10 minutes sheds none, and a longer one at most one a minute.
 */
export const SCALING = {
  up: { percent: 100, periodSeconds: 15 },
  down: { calmSeconds: 600, pods: 1, periodSeconds: 60 },
} as const;

/**
 * Probes of the server; Kubernetes believes the third answer in a row that fails. So a start may take 60 × 1 s, a server that
 * is not ready gets nobody new after 3 × 5 s, and one that is stuck is killed after 3 × 10 s.
 */
export const PROBES = {
  startup: { periodSeconds: 1, failureThreshold: 60 },
  readiness: { periodSeconds: 5, timeoutSeconds: 3 },
  liveness: { periodSeconds: 10, timeoutSeconds: 5 },
} as const;

/** Probes of stores: one may read for 150 × 2 s what it has on its disk before it answers. */
export const STORE_PROBES = {
  startup: { periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 150 },
  readiness: { periodSeconds: 5, timeoutSeconds: 3 },
  liveness: { periodSeconds: 10, timeoutSeconds: 5 },
} as const;
