import type { Cluster, Redis } from 'ioredis';
import { hashSlot } from './hash-slot.ts';
import { type RedisClient, redisConnection } from './redis-client.ts';
import type { RedisTarget } from './redis-target.ts';

/** Which servers messages come from, and which of them those of a channel. */
export interface Topology {
  /** Whether channels belong to hash slots, as they do in a Cluster. */
  readonly sharded: boolean;
  /** The servers as they are known now. */
  servers(): readonly string[];
  slotOf(channel: string): number;
  /** Undefined while nobody serves it. */
  serverOf(slot: number): string | undefined;
  /** A connection for messages from a server. */
  connect(server: string): Redis;
  /** Looks for changes; who listens is told when there was a look. */
  refresh(): void;
  /** Ends the connection for commands to a server, so that another is made. */
  reconnect(server: string): void;
  onRefresh(listener: () => void): void;
}

export function topologyOf(redis: RedisTarget, commands: RedisClient, timeoutMs: number): Topology {
  return redis.address.kind === 'cluster'
    ? clusterTopology(redis, commands as Cluster, timeoutMs)
    : oneServer(redis, commands as Redis, timeoutMs);
}

const ONLY = 'redis';

function oneServer(redis: RedisTarget, commands: Redis, timeoutMs: number): Topology {
  const { address } = redis;
  if (address.kind === 'cluster') throw new Error('A Cluster has several servers');
  return {
    sharded: false,
    servers: () => [ONLY],
    slotOf: () => 0,
    serverOf: () => ONLY,
    connect: () => redisConnection(address, { redis, timeoutMs }),
    refresh: () => {},
    reconnect: () => commands.disconnect(true),
    onRefresh: () => {},
  };
}

/** The primaries of a Cluster, as the client for commands knows them. */
function clusterTopology(redis: RedisTarget, cluster: Cluster, timeoutMs: number): Topology {
  return {
    sharded: true,
    servers: () => [...new Set(cluster.slots.flatMap((nodes) => nodes[0] ?? []))],
    slotOf: hashSlot,
    serverOf: (slot) => cluster.slots[slot]?.[0],
    connect: (server) => redisConnection({ kind: 'single', ...addressOf(server) }, { redis, timeoutMs }),
    refresh: () => cluster.refreshSlotsCache(),
    reconnect(server) {
      const { host, port } = addressOf(server);
      cluster
        .nodes()
        .find(({ options }) => options.host === host && options.port === port)
        ?.disconnect();
    },
    onRefresh: (listener) => void cluster.on('refresh', listener),
  };
}

/** A node is called `host:port`, with an IPv6 address as it is. */
function addressOf(server: string): { host: string; port: number } {
  const colon = server.lastIndexOf(':');
  return { host: server.slice(0, colon), port: Number(server.slice(colon + 1)) };
}
