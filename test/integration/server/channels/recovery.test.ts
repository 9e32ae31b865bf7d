import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Centrifuge } from 'centrifuge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKeyEntry } from '../../../../src/spec/index.ts';
import { waitFor } from '../../../cluster/wait-for.ts';
import { Random } from '../../../fuzz/random.ts';
import { startReplica } from '../replica.ts';
import { ServerProcess } from '../server-process.ts';
import { redis } from '../stores/redis.ts';
import { freePort, type StoreProcess } from '../stores/store-process.ts';
import { Balancer } from './balancer.ts';
import { fromData, sdkClient, socketOf } from './sdk.ts';

const PASSWORD = 'a-password-of-the-tests';
const KEY = 'a-key-of-the-tests-of-32-characters-or-more';
const CHANNEL = 'room:property';
/** For how long things go wrong, in milliseconds. */
const TROUBLE_MS = 12_000;
/** Told in the name of the test, so that a run can be had again. */
const SEED = Number(process.env.TIDEGATE_TEST_SEED ?? Date.now() % 1_000_000);

const directory = mkdtempSync(join(tmpdir(), 'tidegate-recovery-'));
const replicas: { readonly port: number; readonly name: string; process: ServerProcess }[] = [];
let cache: StoreProcess;
let balancer: Balancer;

/** What one client has seen. */
class Witness {
  readonly client: Centrifuge;
  readonly values: number[] = [];
  readonly unrecovered: unknown[] = [];

  constructor(protocol: 'json' | 'protobuf') {
    this.client = sdkClient(protocol, balancer.url);
    const subscription = this.client.newSubscription(CHANNEL, { recoverable: true, minResubscribeDelay: 20 });
    subscription.on('publication', ({ data }) => void this.values.push(fromData(protocol, data) as number));
    subscription.on('subscribed', (context) => {
      if (context.wasRecovering && !context.recovered) this.unrecovered.push(context);
    });
    subscription.subscribe();
    this.client.connect();
  }

  async ready(): Promise<void> {
    await this.client.getSubscription(CHANNEL)?.ready();
  }

  drop(): void {
    socketOf(this.client)?.terminate();
  }
}

async function startServer(name: string, port: number): Promise<ServerProcess> {
  return ServerProcess.start(['serve', '--port', String(port)], {
    TIDEGATE_DATA_DIRECTORY: join(directory, name),
    TIDEGATE_LOG_LEVEL: 'fatal',
    TIDEGATE_REDIS_HOST: '127.0.0.1',
    TIDEGATE_REDIS_PORT: String(cache.port),
    TIDEGATE_REDIS_PASSWORD: PASSWORD,
    TIDEGATE_AUTH_API_KEYS: apiKeyEntry({ name: 'test', scope: 'api' }, KEY),
    TIDEGATE_CHANNELS_ANONYMOUS: 'true',
    TIDEGATE_CHANNELS_NAMESPACES: JSON.stringify([
      { name: 'room', allowSubscribe: 'anyone', historySize: 10_000, historyTtlSeconds: 60 },
    ]),
  });
}

/** Publishes a number, for as long as it takes; the key makes it one publication, however often it is tried. */
async function publish(number: number): Promise<void> {
  const attempt = async () => {
    const response = await fetch(`${balancer.url}/api/channels/publish`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': KEY, connection: 'close' },
      body: JSON.stringify({ channel: CHANNEL, data: number, idempotency_key: String(number) }),
      signal: AbortSignal.timeout(4_000),
    });
    return response.ok || undefined;
  };
  // Something is down most of the time: that is what this is about.
  await waitFor(`${number} to be published`, attempt, { everyMilliseconds: 20 });
}

beforeAll(async () => {
  cache = await redis(PASSWORD, { keeps: true });
  await cache.start();
  for (const name of ['a', 'b']) {
    const port = await freePort();
    replicas.push({ port, name, process: await startServer(name, port) });
  }
  balancer = await Balancer.start(replicas.map(({ port }) => port));
  for (const { port } of replicas) {
    await waitFor('a replica', async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok || undefined);
  }
});
afterAll(async () => {
  await Promise.all(replicas.map(({ process }) => process.kill()));
  await balancer.stop();
  await cache.remove();
  rmSync(directory, { recursive: true, force: true });
});

describe('GIVEN two replicas, a Redis that keeps what it acknowledges, and clients that recover', () => {
  it(`WHEN connections drop, replicas die and Redis restarts THEN nothing is lost, twice or out of order (seed ${SEED})`, async () => {
    const random = new Random(SEED);
    const witnesses = Array.from(
      { length: 8 },
      (_, index) => new Witness(index % 2 === 0 ? 'json' : 'protobuf'),
    );
    await Promise.all(witnesses.map((witness) => witness.ready()));

    let published = 0;
    let trouble = true;
    const publishing = (async () => {
      while (trouble) {
        await publish(published);
        published += 1;
        await sleep(random.next() * 10);
      }
    })();
    // The waits that follow are the load itself: how fast things happen, not for something to have happened.
    const faults = {
      drop: 0,
      replica: 0,
      redis: 0,
    };
    const restarts: Promise<unknown>[] = [];
    const ends = performance.now() + TROUBLE_MS;
    while (performance.now() < ends) {
      const dice = random.next();
      if (dice < 0.8) {
        faults.drop += 1;
        random.pick(witnesses).drop();
      } else if (dice < 0.9) {
        faults.replica += 1;
        const replica = random.pick(replicas);
        await replica.process.kill();
        replica.process = await startServer(replica.name, replica.port);
      } else {
        faults.redis += 1;
        await cache.stop();
        await sleep(random.next() * 300);
        restarts.push(cache.start());
        await restarts.at(-1);
      }
      await sleep(50 + random.next() * 250);
    }
    trouble = false;
    await publishing;

    const all = Array.from({ length: published }, (_, number) => number);
    await waitFor(
      'every client to have the last one',
      () => witnesses.every(({ values }) => values.at(-1) === published - 1) || undefined,
      { seconds: 20, everyMilliseconds: 20 },
    ).catch(() => {});
    for (const { client, values, unrecovered } of witnesses) {
      client.disconnect();
      expect(unrecovered).toEqual([]);
      expect(values).toEqual(all);
    }
    expect(published).toBeGreaterThan(50);
    expect(faults.drop).toBeGreaterThan(5);
  }, 60_000);
});

describe('GIVEN a Redis that forgets everything when it is stopped', () => {
  it('WHEN it restarts THEN clients are told that they could not recover, and get what comes from then on', async () => {
    const forgetful = await redis(PASSWORD);
    await forgetful.start();
    const replica = await startReplica({
      redis: { host: '127.0.0.1', port: forgetful.port, password: PASSWORD },
      channels: {
        anonymous: true,
        namespaces: [{ name: 'room', allowSubscribe: 'anyone', historySize: 100 }],
      },
    });
    await replica.whenReady();
    const client = sdkClient('json', replica.address.url);
    const subscription = client.newSubscription('room:lost', { recoverable: true, minResubscribeDelay: 20 });
    const events: unknown[] = [];
    subscription.on('publication', ({ data }) => void events.push(data));
    subscription.on('subscribing', ({ code }) => void events.push(`subscribing ${code}`));
    subscription.on(
      'subscribed',
      ({ wasRecovering, recovered }) => void events.push({ wasRecovering, recovered }),
    );
    subscription.subscribe();
    client.connect();
    await subscription.ready();
    await replica.channels.publish('room:lost', 1);
    await forgetful.stop();
    await forgetful.start();
    await waitFor('the news', () => events.length === 5 || undefined, { everyMilliseconds: 10 });
    await replica.channels.publish('room:lost', 2);
    await waitFor('the next', () => events.length === 6 || undefined, { everyMilliseconds: 10 });
    expect(events).toEqual([
      'subscribing 0',
      { wasRecovering: false, recovered: false },
      1,
      'subscribing 2500',
      { wasRecovering: true, recovered: false },
      2,
    ]);
    client.disconnect();
    await replica.drain();
    await forgetful.remove();
  });
});
