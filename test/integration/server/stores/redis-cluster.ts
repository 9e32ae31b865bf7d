import { Redis } from 'ioredis';
import { hashSlot } from '../../../../src/server/store/hash-slot.ts';
import { waitFor } from '../../../cluster/wait-for.ts';
import { redisServer } from './redis.ts';
import { freePort, type StoreProcess } from './store-process.ts';

const SLOTS = 16_384;
const PRIMARIES = 3;

/** Three primaries, and a replica of the first. A node is given up after a second. */
export interface RedisCluster {
  /** Settings of a server that uses it. */
  readonly settings: { readonly cluster: string[]; readonly password: string };
  /** Moves the hash slot of a name to another primary, with all keys that are in it. */
  move(name: string): Promise<void>;
  /** Whether the first primary serves a name. */
  first(name: string): boolean;
  /** Ends the first primary without a warning, and resolves when its replica has taken over. */
  failOver(): Promise<void>;
  remove(): Promise<void>;
}

interface Node {
  readonly process: StoreProcess;
  readonly bus: number;
  readonly client: Redis;
  readonly id: string;
}

export async function redisCluster(password: string): Promise<RedisCluster> {
  const nodes: Node[] = await Promise.all(
    Array.from({ length: PRIMARIES + 1 }, async () => {
      const bus = await freePort();
      const process = await redisServer((directory) => [
        ...['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--dir', directory],
        ...['--cluster-node-timeout', '1000', '--repl-diskless-sync-delay', '0'],
        ...['--requirepass', password, '--masterauth', password, '--save', ''],
      ]);
      await process.start();
      const client = new Redis({ port: process.port, password });
      client.on('error', () => {});
      return { process, bus, client, id: (await client.cluster('MYID')) as string };
    }),
  );
  const [first, second, third, replica] = nodes as [Node, Node, Node, Node];
  const primaries = [first, second, third];
  const rangeOf = (index: number) => Math.round((index * SLOTS) / PRIMARIES);
  for (const [index, { client }] of primaries.entries()) {
    await client.cluster('ADDSLOTSRANGE', rangeOf(index), rangeOf(index + 1) - 1);
    await client.cluster('SET-CONFIG-EPOCH', index + 1);
  }
  for (const { process, bus } of nodes.slice(1)) {
    await first.client.call('CLUSTER', 'MEET', '127.0.0.1', process.port, bus);
  }
  await waitFor('the replica to know its primary', async () => {
    await replica.client.cluster('REPLICATE', first.id);
    return true;
  });
  const inform = async ({ client }: Node) => {
    const info = (await client.cluster('INFO')) as string;
    return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:4');
  };
  await waitFor(
    'the Cluster',
    async () => (await Promise.all(nodes.map(inform))).every((well) => well) || undefined,
    { everyMilliseconds: 50 },
  );
  await waitFor(
    'the replica',
    async () => /master_link_status:up/.test(await replica.client.info()) || undefined,
  );

  return {
    settings: { cluster: [`127.0.0.1:${second.process.port}`, `127.0.0.1:${third.process.port}`], password },
    first: (name) => hashSlot(name) < rangeOf(1),
    async move(name) {
      const slot = hashSlot(name);
      const from = primaries[primaries.findIndex((_, index) => slot < rangeOf(index + 1))] as Node;
      const to = from === second ? third : second;
      await to.client.cluster('SETSLOT', slot, 'IMPORTING', from.id);
      await from.client.cluster('SETSLOT', slot, 'MIGRATING', to.id);
      const keys = (await from.client.cluster('GETKEYSINSLOT', slot, 1_000)) as string[];
      const target = [
        '127.0.0.1',
        String(to.process.port),
        '',
        '0',
        '5000',
        'AUTH',
        password,
        'KEYS',
      ] as const;
      if (keys.length > 0) await from.client.call('MIGRATE', ...target, ...keys);
      for (const { client } of [to, from, ...primaries]) await client.cluster('SETSLOT', slot, 'NODE', to.id);
    },
    async failOver() {
      await first.process.stop();
      await waitFor('the replica to take over', async () => {
        const [role] = (await replica.client.role()) as [string];
        return role === 'master' || undefined;
      });
    },
    async remove() {
      for (const { client } of nodes) client.disconnect();
      await Promise.all(nodes.map(({ process }) => process.remove()));
    },
  };
}
