import { amount } from './field.ts';
import type { OwnRedis, SentinelRedis } from './own-redis.ts';

/** What follows for a Redis with Sentinels. Times are in seconds. */
export interface SentinelSizing {
  /** Sentinels that must agree that the primary is lost: more than half of them. */
  readonly quorum: number;
  /** Silence after which a Sentinel takes the primary for lost: longer than a slow command, shorter than patience. */
  readonly downAfterSeconds: number;
  /** Time that one attempt to make another primary has; the next one begins after twice that. */
  readonly failoverTimeoutSeconds: number;
  /** Time that a primary has to hand over before it stops; Sentinels need one to three seconds. */
  readonly handOverSeconds: number;
  /** What Kubernetes waits before it kills: to hand over, to let replicas catch up (10 s of Redis' own), and a margin. */
  readonly terminationGraceSeconds: number;
  /** Changes that are kept for a replica that was away, so that it need not copy everything: a sixteenth of the data. */
  readonly backlogBytes: number;
}

/**
 * Of the memory limit of Redis. While it rewrites its log, every page that is written meanwhile is there twice, in the worst
 * case all of them.
 */
const DATA_SHARE = 0.5;
const BACKLOG_SHARE = 1 / 16;
/** Redis keeps no less. */
const LEAST_BACKLOG_BYTES = 1024 ** 2;

const DOWN_AFTER_SECONDS = 5;
const HAND_OVER_SECONDS = 15;
/** `shutdown-timeout` of Redis. */
const CATCH_UP_SECONDS = 10;
const MARGIN_SECONDS = 15;

/** What Kubernetes waits for a Redis without replicas, which only flushes what its log does not have yet. */
export const REDIS_GRACE_SECONDS = 60;

/** `maxmemory` of a Redis of the environment's own. */
export function redisMaxMemoryBytes({ resources }: Pick<OwnRedis, 'resources'>): number {
  return Math.floor(amount(resources.limits.memory) * DATA_SHARE);
}

export function sentinelSizing(redis: SentinelRedis): SentinelSizing {
  return {
    quorum: Math.floor(redis.replicas / 2) + 1,
    downAfterSeconds: DOWN_AFTER_SECONDS,
    failoverTimeoutSeconds: 2 * DOWN_AFTER_SECONDS,
    handOverSeconds: HAND_OVER_SECONDS,
    terminationGraceSeconds: HAND_OVER_SECONDS + CATCH_UP_SECONDS + MARGIN_SECONDS,
    backlogBytes: Math.max(LEAST_BACKLOG_BYTES, Math.floor(redisMaxMemoryBytes(redis) * BACKLOG_SHARE)),
  };
}
