import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReconnectingSocket } from '../../../../src/client/index.ts';
import type { RunningServer } from '../../../../src/server/index.ts';
import { waitFor } from '../../../cluster/wait-for.ts';
import { metric } from '../../../fuzz/server-under-test.ts';
import { Balancer } from '../channels/balancer.ts';
import { startReplica } from '../replica.ts';
import { type PostgresProcess, postgres } from '../stores/postgres.ts';
import { type RedisProcess, redis } from '../stores/redis.ts';
import { Grants } from './grants.ts';
import { peakPerSecond } from './peak.ts';

const PASSWORD = 'a-password-of-the-tests';
const CLIENTS = 200;
const BUDGET = 50;
/** Between two looks at the fleet. */
const LOOK_MS = 5_000;

let cache: RedisProcess;
let database: PostgresProcess;
let balancer: Balancer;
const ports: number[] = [];
const running: RunningServer[] = [];
let sockets: readonly ReconnectingSocket[] = [];

async function start(): Promise<RunningServer> {
  const replica = await startReplica({
    redis: { host: '127.0.0.1', port: cache.port, password: PASSWORD },
    postgres: { host: '127.0.0.1', port: database.port, password: PASSWORD },
    drain: { reconnectsPerSecond: BUDGET, closesPerSecond: BUDGET, rebalance: true, timeoutSeconds: 10 },
  });
  await replica.whenReady();
  running.push(replica);
  ports.push(replica.address.port);
  return replica;
}
const connections = ({ address }: RunningServer) => metric(address.url, 'tidegate_connections');

beforeAll(async () => {
  [cache, database] = await Promise.all([redis(PASSWORD), postgres(PASSWORD)]);
  await Promise.all([cache.start(), database.start()]);
});
afterAll(async () => {
  for (const socket of sockets) socket.close();
  await Promise.all(running.map((replica) => replica.drain()));
  await balancer.stop();
  await Promise.all([cache.remove(), database.remove()]);
});

describe('GIVEN replicas that share their load', () => {
  it('WHEN one more is there THEN clients move to it within the budget until it has its share, and then stay', async () => {
    const old = await start();
    balancer = await Balancer.start(ports);
    const codes: number[] = [];
    let open = 0;
    sockets = Array.from({ length: CLIENTS }, () => {
      const socket = new ReconnectingSocket(`${balancer.url.replace('http', 'ws')}/ws`);
      socket.on('state', (state) => {
        if (state === 'open') open += 1;
      });
      socket.on('reconnecting', ({ code, reason }) => {
        codes.push(code);
        expect(reason).toMatch(/^The load is shared; retry-after-ms=\d{1,3}$/);
      });
      return socket;
    });
    await waitFor('all', () => open === CLIENTS || undefined);
    const grants = await Grants.watch(cache.port, PASSWORD);
    const added = await start();
    // The old one keeps a twentieth more than the mean at the most.
    const least = CLIENTS - Math.ceil((CLIENTS / 2) * 1.05);
    const isShared = async () => (await connections(added)) >= least && open === CLIENTS + codes.length;
    const isQuiet = () => Date.now() - Math.max(...grants.moments) > 2 * LOOK_MS;
    await waitFor(
      'the new one to have its share, and nobody to move any more',
      async () => (isQuiet() && (await isShared())) || undefined,
      { seconds: 100 },
    );
    const moved = grants.moments.length;
    expect(await connections(old)).toBe(CLIENTS - (await connections(added)));
    expect(codes).toEqual(Array(moved).fill(1012));
    // Half of those who leave land where they were, until there is no surplus.
    expect(moved).toBeGreaterThanOrEqual(least);
    expect(moved).toBeLessThanOrEqual(2 * (CLIENTS / 2));
    expect(peakPerSecond(grants.moments)).toBeLessThanOrEqual(1.2 * BUDGET);
    await grants.stop();
  }, 120_000);
});
