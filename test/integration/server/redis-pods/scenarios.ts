import { X509Certificate } from 'node:crypto';
import { Redis } from 'ioredis';
import type { RunningServer } from '../../../../src/server/index.ts';
import { waitFor } from '../../../cluster/wait-for.ts';
import { publishDuring, type Witness, witnesses } from '../channels/witness.ts';
import { startReplica } from '../replica.ts';
import { Authority } from './certificates.ts';
import type { Pod } from './pod.ts';
import { PASSWORD, type RedisSet, startRedisSet } from './redis-set.ts';

const CHANNEL = 'room:news';

/** What clients of two servers saw of a channel that was published on all the time. */
interface Seen {
  /** Whether each client has every publication, in order and once. */
  readonly whole: readonly boolean[];
  /** What each client was told of, such as a connection that ended. */
  readonly told: readonly (readonly string[])[];
  /** Seconds from the time that the Sentinels named another primary to the first publication after that. */
  readonly delayed: number;
}

async function servers(set: RedisSet): Promise<readonly RunningServer[]> {
  const namespaces = [{ name: 'room', allowSubscribe: 'anyone' as const, historySize: 10_000 }];
  const settings = {
    redis: set.settings,
    drain: { timeoutSeconds: 1 },
    channels: { anonymous: true, namespaces },
  };
  const replicas = await Promise.all([startReplica(settings), startReplica(settings)]);
  await Promise.all(replicas.map((replica) => replica.whenReady()));
  return replicas;
}

/** @param trouble what happens to the primary meanwhile */
async function seenDuring(set: RedisSet, trouble: (primary: Pod) => Promise<void>): Promise<Seen> {
  const replicas = await servers(set);
  const seen = await witnesses(replicas, CHANNEL);
  let promotedAt = 0;
  let before = 0;
  const published = await publishDuring(replicas, CHANNEL, async () => {
    const primary = await set.primary();
    await trouble(primary);
    await set.primary(primary);
    promotedAt = performance.now();
    before = seen[0]?.values.length ?? 0;
    await waitFor('a publication', () => (seen[0] as Witness).values.length > before || undefined, {
      everyMilliseconds: 10,
    });
    promotedAt = (performance.now() - promotedAt) / 1_000;
  });
  await Promise.all(seen.map((witness) => witness.has(published - 1)));
  const all = Array.from({ length: published }, (_, number) => number);
  for (const witness of seen) witness.leave();
  await Promise.all(replicas.map((replica) => replica.drain()));
  return {
    whole: seen.map(({ values }) => JSON.stringify(values) === JSON.stringify(all)),
    told: seen.map(({ told }) => told),
    delayed: promotedAt,
  };
}

function client(pod: Pod, port: number, ca?: string): Redis {
  return new Redis({
    host: pod.host,
    port,
    password: PASSWORD,
    ...(ca !== undefined && { tls: { ca } }),
  }).on('error', () => {});
}

/** Each is a run of its own, in namespaces of its own; what it gives is plain data. */
export const SCENARIOS: Readonly<Record<string, () => Promise<unknown>>> = {
  async lost() {
    const set = await startRedisSet();
    await set.allReady();
    let lost: Pod | undefined;
    const seen = await seenDuring(set, async (primary) => {
      lost = primary;
      await primary.lose();
    });
    // It comes back with another address, and follows.
    await lost?.start();
    await set.allReady();
    const role = await lost?.run(['sh', '-c', '. /etc/redis/common.sh; ask ROLE | head -n 1']);
    return { ...seen, role: role?.trim() };
  },

  async evicted() {
    const set = await startRedisSet();
    await set.allReady();
    return seenDuring(set, (primary) => primary.evict());
  },

  async crashed() {
    const set = await startRedisSet();
    await set.allReady();
    return seenDuring(set, async (primary) => {
      await primary.crash('redis');
      await primary.restart('redis');
    });
  },

  async 'cut off'() {
    const set = await startRedisSet();
    await set.allReady();
    const old = await set.primary();
    const write = () => old.run(['sh', '-c', '. /etc/redis/common.sh; ask SET written alone']);
    await old.cut(true);
    const refusal = await waitFor('a write to be refused', async () => {
      const answer = (await write()).trim();
      return answer === 'OK' ? undefined : answer;
    });
    const other = await set.primary(old);
    await old.cut(false);
    await set.allReady();
    const written = client(other, 6379);
    const found = await written.get('written');
    written.disconnect();
    return { refusal, found };
  },

  async 'started together'() {
    const set = await startRedisSet();
    await set.allReady();
    const first = await set.primary();
    await first.lose();
    const second = await set.primary(first);
    const redis = client(second, 6379);
    await first.start();
    await set.allReady();
    await redis.set('kept', 'value');
    await waitFor('a replica to have it', async () =>
      (await redis.wait(2, 1_000)) === 2 ? true : undefined,
    );
    // What its log does not have on the disk after a second is lost with the power.
    await waitFor('it to be on the disk', async () => {
      const info = await redis.info('persistence');
      return /aof_pending_bio_fsync:0\r/.test(info) && /aof_buffer_length:0\r/.test(info) ? true : undefined;
    });
    redis.disconnect();
    await Promise.all(set.pods.map((pod) => pod.lose()));
    await Promise.all(set.pods.map((pod) => pod.start()));
    await set.allReady();
    const third = await set.primary();
    const again = client(third, 6379);
    const kept = await again.get('kept');
    again.disconnect();
    return { moved: first !== second, same: second === third, kept };
  },

  async 'over TLS'() {
    const authority = await Authority.create();
    const names = [0, 1, 2].map((index) => `chat-redis-node-${index}.chat-redis-node`);
    const set = await startRedisSet({ tls: { secretName: 'tls' } }, await authority.issue(names));
    await set.allReady();
    const seen = await seenDuring(set, (primary) => primary.evict());
    const [pod] = set.pods.filter((one) => one.isUp);
    if (pod === undefined) throw new Error('No pod is left');
    const before = await shown(pod, 6379, set.settings.tlsCa);
    const renewed = await authority.issue(names);
    for (const [name, text] of Object.entries(renewed)) pod.write(`/etc/tidegate/tls/${name}`, text);
    const serial = new X509Certificate(renewed['tls.crt'] ?? '').serialNumber;
    await waitFor('Redis to show the new certificate', async () =>
      (await shown(pod, 6379, set.settings.tlsCa)) === serial ? true : undefined,
    );
    await waitFor('the Sentinel to end', () => !pod.runs('sentinel') || undefined);
    await pod.restart('sentinel');
    const sentinel = await shown(pod, 26379, set.settings.tlsCa);
    authority.remove();
    const plain = await pod.run(['sh', '-c', 'redis-cli ping || true']);
    return { ...seen, renewed: before !== serial, sentinel: sentinel === serial, plain: plain.trim() };
  },
};

/** Serial number of the certificate that a server shows. */
async function shown(pod: Pod, port: number, ca: string | undefined): Promise<string> {
  const redis = client(pod, port, ca);
  await redis.ping();
  const { serialNumber } = (redis.stream as import('node:tls').TLSSocket).getPeerCertificate();
  redis.disconnect();
  return serialNumber;
}
