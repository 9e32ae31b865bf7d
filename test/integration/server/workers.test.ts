import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from './client.ts';
import { ServerProcess } from './server-process.ts';
import { type PostgresProcess, postgres } from './stores/postgres.ts';
import { redis } from './stores/redis.ts';
import type { StoreProcess } from './stores/store-process.ts';

interface Worker {
  readonly slot: number;
  readonly pid: number;
  readonly state: string;
}

const directory = mkdtempSync(join(tmpdir(), 'tidegate-workers-'));
const app = join(directory, 'app.mts');
let cache: StoreProcess;
let database: PostgresProcess;
let server: ServerProcess;
let port: string;

/** An application that tells which worker serves a client, and that a client can get stuck. */
const APP = `export default (app) => {
  app.websocket('/who', async (socket) => {
    await socket.accept();
    socket.sendText(String(process.pid));
    for await (const text of socket.texts()) {
      if (text === 'block') for (;;);
      socket.sendText(text);
    }
  });
};`;

async function status(): Promise<readonly Worker[]> {
  const asked = await ServerProcess.start(['workers', 'status', '--port', port, '-o', 'json']);
  await asked.ended();
  return JSON.parse(asked.output).workers;
}

/** Clients until each worker has at least one, by the process id that serves them. */
async function clientsOfAll(workers: readonly Worker[]): Promise<Map<number, TestClient[]>> {
  const byWorker = new Map(workers.map(({ pid }) => [pid, [] as TestClient[]]));
  await waitFor('a client on each worker', async () => {
    const client = await TestClient.connect(`${server.url}/who`);
    await client.waitForCount(1);
    byWorker.get(Number(client.texts[0]))?.push(client);
    return [...byWorker.values()].every((clients) => clients.length > 0) || undefined;
  });
  return byWorker;
}

const ready = (count: number, not: readonly number[] = []) =>
  waitFor('the workers to be ready', async () => {
    const workers = await status();
    const well = workers.filter(({ pid, state }) => state === 'ready' && !not.includes(pid));
    return well.length === count && workers.length === count ? well : undefined;
  });

beforeAll(async () => {
  writeFileSync(app, APP);
  [cache, database] = await Promise.all([redis('secret'), postgres('secret')]);
  await Promise.all([cache.start(), database.start()]);
  server = await ServerProcess.start(['serve', app, '--workers', '2', '--worker-timeout', '1'], {
    TIDEGATE_REDIS_HOST: '127.0.0.1',
    TIDEGATE_REDIS_PORT: String(cache.port),
    TIDEGATE_REDIS_PASSWORD: 'secret',
    TIDEGATE_POSTGRES_HOST: '127.0.0.1',
    TIDEGATE_POSTGRES_PORT: String(database.port),
    TIDEGATE_POSTGRES_PASSWORD: 'secret',
  });
  await server.whenReady();
  port = new URL(server.url).port;
});
afterAll(async () => {
  await server.kill();
  await Promise.all([cache.remove(), database.remove()]);
  rmSync(directory, { recursive: true, force: true });
});

describe('GIVEN two workers with clients', () => {
  it('WHEN each is killed in turn THEN it is replaced, and no client of the other notices', async () => {
    for (const slot of [1, 2]) {
      const workers = await ready(2);
      const byWorker = await clientsOfAll(workers);
      const victim = workers.find((worker) => worker.slot === slot)?.pid ?? 0;
      const others = [...byWorker].filter(([pid]) => pid !== victim).flatMap(([, clients]) => clients);
      process.kill(victim, 'SIGKILL');
      await ready(2, [victim]);
      for (const client of others) {
        client.send('still here');
        await client.waitForCount(2);
        await client.close();
      }
    }
  });

  it('WHEN one is stuck THEN it is replaced', async () => {
    const workers = await ready(2);
    const [[pid, clients] = [0, []]] = await clientsOfAll(workers);
    clients[0]?.send('block');
    await ready(2, [pid]);
  });

  it('WHEN it gets SIGHUP THEN all are replaced, and their clients are told to come back', async () => {
    const workers = await ready(2);
    const clients = [...(await clientsOfAll(workers)).values()].flat();
    server.child.kill('SIGHUP');
    const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
    expect(new Set(codes)).toEqual(new Set([1012]));
    await ready(
      2,
      workers.map(({ pid }) => pid),
    );
  });

  it('WHEN it gets SIGTERM THEN the clients are told to come back, and it ends with 0', async () => {
    const client = await TestClient.connect(`${server.url}/ws`);
    server.child.kill('SIGTERM');
    expect((await client.closed).code).toBe(1012);
    expect(await server.ended()).toBe(0);
  });
});

describe('GIVEN no stores that workers could share', () => {
  it('WHEN several are asked for THEN it says what to set', async () => {
    const alone = await ServerProcess.start(['serve', '--workers', '2']);
    expect(await alone.ended()).toBe(1);
    expect(alone.output).toContain('redis.host');
  });
});
