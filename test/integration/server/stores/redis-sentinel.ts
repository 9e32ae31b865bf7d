import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { waitFor } from '../../../cluster/wait-for.ts';
import { redisServer } from './redis.ts';

const NAME = 'main';

/** A primary, a replica, and three Sentinels that need half a second to find that the primary is gone. */
export interface SentinelSet {
  /** Settings of a server that uses it. */
  readonly settings: {
    readonly sentinels: string[];
    readonly sentinelName: string;
    readonly sentinelPassword: string;
    readonly password: string;
  };
  /** Ends the primary without a warning, and resolves when the replica has taken over. */
  failOver(): Promise<void>;
  /** Cuts the replica off, so that what is written from now on dies with the primary. */
  isolateReplica(): Promise<void>;
  remove(): Promise<void>;
}

export async function redisSentinels(password: string): Promise<SentinelSet> {
  const sentinelPassword = `${password} of the Sentinels`;
  const server = (...more: string[]) =>
    redisServer((directory) => [
      ...['--requirepass', password, '--masterauth', password, '--dir', directory, '--save', ''],
      ...['--repl-diskless-sync-delay', '0', ...more],
    ]);
  const primary = await server();
  const replica = await server('--replicaof', '127.0.0.1', String(primary.port));
  await Promise.all([primary.start(), replica.start()]);
  const configuration = [
    `sentinel monitor ${NAME} 127.0.0.1 ${primary.port} 2`,
    `sentinel auth-pass ${NAME} "${password}"`,
    `sentinel down-after-milliseconds ${NAME} 500`,
    `sentinel failover-timeout ${NAME} 500`,
    `requirepass "${sentinelPassword}"`,
    `sentinel sentinel-pass "${sentinelPassword}"`,
  ].join('\n');
  const sentinel = () =>
    redisServer((directory) => {
      const file = join(directory, 'sentinel.conf');
      writeFileSync(file, `${configuration}\n`);
      // It writes down there what it finds.
      chmodSync(file, 0o666);
      return [file, '--sentinel', '--dir', directory];
    });
  const sentinels = [await sentinel(), await sentinel(), await sentinel()];
  await Promise.all(sentinels.map((sentinel) => sentinel.start()));
  const clients = [primary, replica].map(({ port }) => new Redis({ port, password }));
  const watchers = sentinels.map(({ port }) => new Redis({ port, password: sentinelPassword }));
  for (const client of [...clients, ...watchers]) client.on('error', () => {});
  const [onPrimary, onReplica] = clients as [Redis, Redis];
  const known = async (watcher: Redis) => {
    const [about] = (await watcher.call('SENTINEL', 'MASTERS')) as string[][];
    const of = (field: string) => Number(about?.[about.indexOf(field) + 1]);
    return of('num-slaves') === 1 && of('num-other-sentinels') === 2;
  };
  await waitFor(
    'the replica',
    async () => /master_link_status:up/.test(await onReplica.info()) || undefined,
    {
      everyMilliseconds: 20,
    },
  );
  await waitFor(
    'the Sentinels to know each other',
    async () => (await Promise.all(watchers.map(known))).every((all) => all) || undefined,
    { everyMilliseconds: 20 },
  );

  return {
    settings: {
      sentinels: sentinels.map(({ port }) => `127.0.0.1:${port}`),
      sentinelName: NAME,
      sentinelPassword,
      password,
    },
    async failOver() {
      await primary.stop();
      await waitFor('the replica to take over', async () => {
        const [role] = (await onReplica.role()) as [string];
        return role === 'master' || undefined;
      });
    },
    async isolateReplica() {
      // It cannot log in any more, and does not come back.
      await onReplica.config('SET', 'masterauth', 'another');
      await onPrimary.call('CLIENT', 'KILL', 'TYPE', 'replica');
      await waitFor(
        'the replica to be away',
        async () => /connected_slaves:0/.test(await onPrimary.info('replication')) || undefined,
      );
    },
    async remove() {
      for (const client of [...clients, ...watchers]) client.disconnect();
      await Promise.all([primary, replica, ...sentinels].map((each) => each.remove()));
    },
  };
}
