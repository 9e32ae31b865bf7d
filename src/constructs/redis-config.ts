import { REDIS_PORT, SENTINEL_PORT, type SentinelSizing } from '../spec/index.ts';
import { TLS_FILES } from './redis-certificate.ts';

/** Name by which Sentinels know the primary. */
export const PRIMARY = 'main';
export const DATA = '/data';

/** Where a server listens: in clear, or over TLS alone, which replicas and Sentinels then speak with each other too. */
function listening(port: number, tls: boolean): string {
  if (!tls) return `port ${port}\nbind * -::*\n`;
  return `port 0
tls-port ${port}
bind * -::*
tls-cert-file ${TLS_FILES.certificate}
tls-key-file ${TLS_FILES.key}
tls-ca-cert-file ${TLS_FILES.authorities}
tls-auth-clients no
tls-replication yes
`;
}

/**
 * A stop loses nothing, a crash at most the last two seconds: Redis puts a write off for so long while the disk is still busy
 * with the one before. Full, it refuses writes: one that evicts would throw queued tasks away.
 *
 * @see https://docs.bullmq.io/guide/going-to-production#max-memory-policy
 */
export function redisConfig(maxMemoryBytes: number, tls: boolean): string {
  return `${listening(REDIS_PORT, tls)}dir ${DATA}
save ""
appendonly yes
appendfsync everysec
maxmemory ${maxMemoryBytes}
maxmemory-policy noeviction
`;
}

/**
 * A primary that no replica has heard of for ten seconds refuses writes, as they would be lost: it may be cut off from those
 * that have made another one the primary.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#example-2-basic-setup-with-three-boxes
 */
export function replicatedConfig(maxMemoryBytes: number, tls: boolean, sizing: SentinelSizing): string {
  return `${redisConfig(maxMemoryBytes, tls)}min-replicas-to-write 1
min-replicas-max-lag 10
repl-backlog-size ${sizing.backlogBytes}
repl-diskless-sync-delay 1
`;
}

/** What all Sentinels have in common, before they are told of the primary and of each other. */
export function sentinelConfig(tls: boolean): string {
  return `${listening(SENTINEL_PORT, tls)}dir /run/redis
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
`;
}

/** How they watch the primary. */
export function watchConfig({ downAfterSeconds, failoverTimeoutSeconds }: SentinelSizing): string {
  return `sentinel down-after-milliseconds ${PRIMARY} ${1_000 * downAfterSeconds}
sentinel failover-timeout ${PRIMARY} ${1_000 * failoverTimeoutSeconds}
sentinel parallel-syncs ${PRIMARY} 1
sentinel client-reconfig-script ${PRIMARY} /etc/redis/remember.sh
`;
}
