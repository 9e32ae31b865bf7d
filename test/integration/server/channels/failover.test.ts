import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { redisName } from '../../../../src/server/channels/broker/redis-wire.ts';
import type { RunningServer } from '../../../../src/server/index.ts';
import { waitFor } from '../../../cluster/wait-for.ts';
import { TestClient } from '../client.ts';
import { startReplica } from '../replica.ts';
import { type PostgresProcess, postgres } from '../stores/postgres.ts';
import { type RedisCluster, redisCluster } from '../stores/redis-cluster.ts';
import { redisSentinels, type SentinelSet } from '../stores/redis-sentinel.ts';
import { publish, publishDuring, type Witness, witnesses } from './witness.ts';

const PASSWORD = 'a-password-of-the-tests';

let database: PostgresProcess;
let replicas: RunningServer[] = [];
const clients: TestClient[] = [];
const watching: Witness[] = [];

beforeAll(async () => {
  database = await postgres(PASSWORD);
  await database.start();
});
afterAll(() => database.remove());

async function startReplicas(redis: object): Promise<void> {
  const namespaces = [{ name: 'room', allowSubscribe: 'anyone' as const, historySize: 10_000 }];
  const settings = {
    redis,
    postgres: { host: '127.0.0.1', port: database.port, password: PASSWORD },
    drain: { timeoutSeconds: 1 },
    channels: { anonymous: true, namespaces },
  };
  replicas = await Promise.all([startReplica(settings), startReplica(settings)]);
  await Promise.all(replicas.map((replica) => replica.whenReady()));
}
async function stopReplicas(): Promise<void> {
  for (const client of clients.splice(0)) await client.close();
  for (const witness of watching.splice(0)) witness.leave();
  await Promise.all(replicas.map((replica) => replica.drain()));
}

/** Subscribes one client on each replica, until the test is over. */
async function watch(channel: string): Promise<readonly Witness[]> {
  const all = await witnesses(replicas, channel);
  watching.push(...all);
  return all;
}

/** What /readyz said, again and again; each answer once. */
function watchReadiness(): { answers: Set<string>; stop(): Promise<void> } {
  const answers = new Set<string>();
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      for (const { address } of replicas) {
        const response = await fetch(`${address.url}/readyz`);
        answers.add(`${response.status} ${((await response.json()) as { status: string }).status}`);
      }
    }
  })();
  return {
    answers,
    async stop() {
      stopped = true;
      await watching;
    },
  };
}
const allReady = () =>
  Promise.all(
    replicas.map(({ address }) =>
      waitFor('the replica to be ready', async () => {
        const { status } = (await (await fetch(`${address.url}/readyz`)).json()) as { status: string };
        return status === 'ready' || undefined;
      }),
    ),
  );

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

describe('GIVEN replicas whose Redis has Sentinels', () => {
  let store: SentinelSet;
  beforeEach(async () => {
    store = await redisSentinels(PASSWORD);
    await startReplicas(store.settings);
  });
  afterEach(async () => {
    await stopReplicas();
    await store.remove();
  });

  it('WHEN the primary dies THEN nobody is dropped, replicas stay ready, and nothing is missed but what is told', async () => {
    const seen = await watch('room:killed');
    const [ada, bob] = await Promise.all(
      replicas.map(({ address }) => TestClient.connect(`${address.url}/chat/x?username=x`)),
    );
    clients.push(ada as TestClient, bob as TestClient);
    const readiness = watchReadiness();
    const published = await publishDuring(replicas, 'room:killed', () => store.failOver());
    await Promise.all(seen.map((witness) => witness.has(published - 1)));
    for (const { values, told } of seen) {
      if (told.length === 0) expect(values).toEqual(numbers(published));
      else expect(told).toEqual(['not recovered']);
    }
    await allReady();
    await readiness.stop();
    expect([...readiness.answers].sort()).toEqual(['200 degraded', '200 ready']);
    ada?.send('to the other replica');
    await bob?.waitFor('the message', ({ text }) => text === 'to the other replica');
  });

  it('WHEN the new primary lacks what clients have seen THEN all are told, however much was published since', async () => {
    const seen = await watch('room:lost');
    for (const number of [0, 1, 2]) await publish(replicas, 'room:lost', number);
    await store.isolateReplica();
    for (const number of [3, 4]) await publish(replicas, 'room:lost', number);
    await Promise.all(seen.map((witness) => witness.has(4)));
    await store.failOver();
    for (const number of [5, 6, 7, 8, 9]) await publish(replicas, 'room:lost', number);
    await waitFor('both to be told', () => seen.every(({ told }) => told.length > 0) || undefined);
    await publish(replicas, 'room:lost', 10);
    await Promise.all(seen.map((witness) => witness.has(10)));
    for (const { values, told } of seen) {
      expect(told).toEqual(['not recovered']);
      expect(values.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
  });
});

describe('GIVEN replicas whose Redis is a Cluster', () => {
  let store: RedisCluster;
  /** A channel that the first primary serves, or another does. */
  const channelOf = (name: string, first: boolean) =>
    numbers(1_000)
      .map((number) => `room:${name}-${number}`)
      .find((channel) => store.first(redisName.notices(channel)) === first) ?? '';
  beforeAll(async () => {
    store = await redisCluster(PASSWORD);
    await startReplicas(store.settings);
  });
  afterAll(async () => {
    await stopReplicas();
    await store.remove();
  });

  it("WHEN a channel's hash slot moves THEN nothing is missed, and nobody notices", async () => {
    const channel = channelOf('moved', true);
    const seen = await watch(channel);
    const published = await publishDuring(replicas, channel, () => store.move(redisName.notices(channel)));
    await Promise.all(seen.map((witness) => witness.has(published - 1)));
    for (const { values, told } of seen) expect([values, told]).toEqual([numbers(published), []]);
    await allReady();
  });

  it('WHEN a primary dies THEN its channels come back with nothing missed but what is told; others go on', async () => {
    const [channel, other] = [channelOf('killed', true), channelOf('other', false)];
    const [seen, others] = [await watch(channel), await watch(other)];
    const readiness = watchReadiness();
    const published = await publishDuring(replicas, channel, async () => {
      const taken = store.failOver();
      for (const number of [0, 1, 2]) await publish(replicas, other, number);
      await Promise.all(others.map((witness) => witness.has(2)));
      await taken;
    });
    await Promise.all(seen.map((witness) => witness.has(published - 1)));
    for (const { values, told } of seen) {
      if (told.length === 0) expect(values).toEqual(numbers(published));
      else expect(told).toEqual(['not recovered']);
    }
    for (const { values, told } of others) expect([values, told]).toEqual([[0, 1, 2], []]);
    await allReady();
    await readiness.stop();
    expect([...readiness.answers].sort()).toEqual(['200 degraded', '200 ready']);
  });
});
