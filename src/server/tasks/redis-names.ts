import { Cluster, type Redis } from 'ioredis';
import { PREFIX } from './held.ts';

const KEYS_AT_ONCE = 1_000;

/** Names of the tasks that have a queue in Redis, in order: with each, BullMQ keeps a key of its settings. */
export async function taskNames(client: Redis | Cluster): Promise<readonly string[]> {
  const servers = client instanceof Cluster ? client.nodes('master') : [client];
  const names = new Set<string>();
  for (const server of servers) {
    for await (const keys of server.scanStream({ match: `${PREFIX}:*:meta`, count: KEYS_AT_ONCE })) {
      for (const key of keys as readonly string[]) {
        // In braces where a Cluster is to keep all keys of a task together.
        const name = /^\{?([^{}:]+)\}?:meta$/.exec(key.slice(PREFIX.length + 1))?.[1];
        if (name !== undefined) names.add(name);
      }
    }
  }
  return [...names].sort();
}
