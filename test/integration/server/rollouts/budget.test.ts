import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReconnectingSocket } from '../../../../src/client/index.ts';
import type { RunningServer } from '../../../../src/server/index.ts';
import { waitFor } from '../../../cluster/wait-for.ts';
import { Balancer } from '../channels/balancer.ts';
import { startReplica } from '../replica.ts';
import { type PostgresProcess, postgres } from '../stores/postgres.ts';
import { type RedisProcess, redis } from '../stores/redis.ts';
import { Crowd } from './crowd.ts';
import { Grants } from './grants.ts';
import { peakPerSecond } from './peak.ts';
import { Publisher } from './publisher.ts';

const PASSWORD = 'a-password-of-the-tests';
const CHANNELS = ['room:a', 'room:b', 'room:c', 'room:d'];
const CLIENTS = 300;
/** Reconnects a second: of the whole environment, and of one of the two replicas that may drain together. */
const BUDGET = 100;
const SHARE = BUDGET / 2;

let cache: RedisProcess;
let database: PostgresProcess;
let running: RunningServer[] = [];
let ports: number[];
let balancer: Balancer;

const settings = () => ({
  redis: { host: '127.0.0.1', port: cache.port, password: PASSWORD },
  postgres: { host: '127.0.0.1', port: database.port, password: PASSWORD },
  drain: { reconnectsPerSecond: BUDGET, closesPerSecond: SHARE, timeoutSeconds: 30 },
  channels: {
    anonymous: true,
    namespaces: [{ name: 'room', allowSubscribe: 'anyone' as const, historySize: 1_000 }],
  },
});

async function start(count: number): Promise<readonly RunningServer[]> {
  const started = await Promise.all(Array.from({ length: count }, () => startReplica(settings())));
  await Promise.all(started.map((replica) => replica.whenReady()));
  running.push(...started);
  return started;
}
/** What a Service does: those that come are in, those that leave are out before they begin to drain. */
function route(replicas: readonly RunningServer[]): void {
  ports.splice(0, ports.length, ...replicas.map(({ address }) => address.port));
}
/** Drains all at once. Gives the seconds that it took. */
async function drain(replicas: readonly RunningServer[]): Promise<number> {
  running = running.filter((replica) => !replicas.includes(replica));
  const began = performance.now();
  await Promise.all(replicas.map((replica) => replica.drain()));
  return (performance.now() - began) / 1_000;
}

beforeAll(async () => {
  [cache, database] = await Promise.all([redis(PASSWORD), postgres(PASSWORD)]);
  await database.start();
});
afterAll(() => Promise.all([cache.remove(), database.remove()]));

let first: readonly RunningServer[];
beforeEach(async () => {
  await cache.start();
  first = await start(2);
  ports = [];
  route(first);
  balancer = await Balancer.start(ports);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((replica) => replica.drain()));
  await balancer.stop();
  await cache.stop();
});

/** At the least, as a tenth of the budget may be ahead of the pace. */
const leastSeconds = (sockets: number) => (sockets - 0.1 * BUDGET) / BUDGET;

describe('GIVEN clients of channels who get one publication after the other', () => {
  let crowd: Crowd;
  let publisher: Publisher;
  let grants: Grants;

  beforeEach(async () => {
    crowd = new Crowd({ url: balancer.url, size: CLIENTS, channels: CHANNELS });
    await crowd.gather();
    publisher = new Publisher(CHANNELS, 50, (channel, data, idempotencyKey) => {
      const [replica] = running as [RunningServer];
      return replica.channels.publish(channel, data, { idempotencyKey });
    });
    publisher.start();
    grants = await Grants.watch(cache.port, PASSWORD);
  });
  afterEach(async () => {
    await publisher.stop();
    crowd.leave();
    await grants.stop();
  });

  /** Everybody of these came back once, and noticed nothing. */
  async function unnoticed(clients: number): Promise<void> {
    await publisher.stop();
    await crowd.settle(publisher.next);
    expect(crowd.experience(publisher.next)).toMatchObject({
      byReconnects: { ...(clients < CLIENTS && { 0: CLIENTS - clients }), 1: clients },
      byCode: { 3001: clients },
      lost: 0,
      doubled: 0,
      disordered: 0,
    });
    // Each was granted by Redis, as none would be that went by the share of its replica.
    expect(grants.moments).toHaveLength(clients);
    expect(peakPerSecond(grants.moments)).toBeLessThanOrEqual(1.2 * BUDGET);
  }

  it('WHEN all replicas are replaced at once THEN each client comes back once, within the budget, and misses nothing', async () => {
    const second = await start(2);
    route(second);
    const seconds = await drain(first);
    await unnoticed(CLIENTS);
    expect(seconds).toBeGreaterThan(leastSeconds(CLIENTS));
  });

  it('WHEN one replica leaves alone THEN it takes all from the budget of the fleet, and its clients notice nothing', async () => {
    const [leaving, staying] = first as [RunningServer, RunningServer];
    route([staying]);
    await drain([leaving]);
    await unnoticed(CLIENTS / 2);
  });
});

describe('GIVEN clients of a plain endpoint', () => {
  it.each([
    ['away', () => cache.stop()],
    ['silent', () => cache.freeze()],
  ] as const)(
    'WHEN all replicas are replaced with Redis %s THEN each keeps to its share, and nobody is cut off',
    async (_, lose) => {
      const codes: number[] = [];
      const opened: number[] = [];
      const sockets = Array.from({ length: CLIENTS }, (_, index) => {
        const socket = new ReconnectingSocket(`${balancer.url.replace('http', 'ws')}/ws`);
        socket.on('state', (state) => state === 'open' && opened.push(index));
        socket.on('reconnecting', ({ code }) => codes.push(code));
        return socket;
      });
      await waitFor('all', () => opened.length === CLIENTS || undefined);
      route(await start(2));
      await lose();
      const began = performance.now();
      const drained = drain(first);
      await waitFor('all to be back', () => opened.length === 2 * CLIENTS || undefined);
      const seconds = (performance.now() - began) / 1_000;
      expect(codes).toEqual(Array(CLIENTS).fill(1012));
      expect(new Set(opened.slice(CLIENTS)).size).toBe(CLIENTS);
      expect(seconds).toBeGreaterThan(leastSeconds(CLIENTS));
      cache.thaw();
      await drained;
      for (const socket of sockets) socket.close();
    },
  );
});
