import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from './client.ts';
import { ConnectLoad } from './connect-load.ts';
import { ServerProcess } from './server-process.ts';
import { type PostgresProcess, postgres } from './stores/postgres.ts';
import { redis } from './stores/redis.ts';
import type { StoreProcess } from './stores/store-process.ts';

interface Worker {
  /** None of a spare. */
  readonly slot?: number;
  readonly pid: number;
  readonly state: string;
  readonly restarts: number;
  readonly connections: number;
}

const BACK_WITHIN_MS = 1_000;

const directory = mkdtempSync(join(tmpdir(), 'tidegate-workers-'));
const app = join(directory, 'app.mts');
const settings = join(directory, 'settings.yaml');
let cache: StoreProcess;
let database: PostgresProcess;
let server: ServerProcess;
let port: string;
let load: ConnectLoad | undefined;

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
    const workers = (await status()).filter(({ slot }) => slot !== undefined);
    const well = workers.filter(({ pid, state }) => state === 'ready' && !not.includes(pid));
    return well.length === count && workers.length === count ? well : undefined;
  });

/** The worker in reserve. */
const spare = () =>
  waitFor('the spare worker', async () => (await status()).find(({ state }) => state === 'spare'));

const pids = (workers: readonly Worker[]) => workers.map(({ pid }) => pid);

async function metrics(): Promise<readonly string[]> {
  return (await (await fetch(`${server.url}/metrics`)).text()).split('\n');
}

beforeAll(async () => {
  writeFileSync(app, APP);
  writeFileSync(settings, 'logLevel: info\n');
  [cache, database] = await Promise.all([redis('secret'), postgres('secret')]);
  await Promise.all([cache.start(), database.start()]);
  const args = ['serve', app, '--workers', '2', '--worker-timeout', '1', '--settings', settings];
  server = await ServerProcess.start(args, {
    TIDEGATE_LOGGING_DESTINATIONS: JSON.stringify([
      { to: 'stdout' },
      { to: 'file', path: join(directory, 'app.log') },
    ]),
    TIDEGATE_REDIS_URL: `redis://:secret@127.0.0.1:${cache.port}`,
    TIDEGATE_POSTGRES_URL: `postgres://tidegate:secret@127.0.0.1:${database.port}/tidegate`,
  });
  await server.whenReady();
  port = new URL(server.url).port;
});
afterEach(async () => {
  await load?.stop();
  load = undefined;
});
afterAll(async () => {
  await server.kill();
  await Promise.all([cache.remove(), database.remove()]);
  rmSync(directory, { recursive: true, force: true });
});

describe('GIVEN two workers with clients', () => {
  it('WHEN they are asked for THEN metrics and readiness are those of all', async () => {
    const byWorker = await clientsOfAll(await ready(2));
    const clients = [...byWorker.values()].flat();
    const count = async () => (await (await fetch(`${server.url}/readyz`)).json()) as { connections: number };
    await waitFor(
      'all to be counted',
      async () => (await count()).connections === clients.length || undefined,
    );
    const lines = await metrics();
    expect(lines).toContain('tidegate_workers{state="ready"} 2');
    const shown = lines.filter((line) => line.startsWith('tidegate_connections{'));
    const numbers = shown.map((line) => Number(line.split(' ')[1]));
    expect(shown.map((line) => line.split(' ')[0]).sort()).toEqual([
      'tidegate_connections{worker="1"}',
      'tidegate_connections{worker="2"}',
    ]);
    expect(numbers.reduce((sum, number) => sum + number)).toBe(clients.length);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('WHEN each is killed under load THEN another serves soon, and no client of the other notices', async () => {
    for (const slot of [1, 2]) {
      const workers = await ready(2);
      const byWorker = await clientsOfAll(workers);
      const victim = workers.find((worker) => worker.slot === slot)?.pid ?? 0;
      const others = [...byWorker].filter(([pid]) => pid !== victim).flatMap(([, clients]) => clients);
      const reserve = await spare();
      load = new ConnectLoad(`${server.url}/who`, 2);
      const killedAt = performance.now();
      process.kill(victim, 'SIGKILL');
      const running = load;
      const backAt = await waitFor('another to serve', () => running.servedAt.get(reserve.pid));
      expect(backAt - killedAt).toBeLessThan(BACK_WITHIN_MS);
      for (const client of others) {
        client.send('still here');
        await client.waitForCount(2);
      }
      await load.stop();
      // Those of the victim were cut off; nobody waited for an answer in vain.
      expect(load.failures.filter((failure) => !/ECONNRESET|socket hang up/.test(failure))).toEqual([]);
      expect((await ready(2)).find((worker) => worker.slot === slot)?.restarts).toBe(1);
      await Promise.all(others.map((client) => client.close()));
    }
    expect(await metrics()).toContain('tidegate_worker_restarts_total 2');
  });

  it('WHEN the spare one is killed THEN there is another, and no client notices', async () => {
    const [workers, { pid }] = [await ready(2), await spare()];
    process.kill(pid, 'SIGKILL');
    await waitFor('another', async () => (await spare()).pid !== pid || undefined);
    expect(pids(await ready(2))).toEqual(pids(workers));
    expect(await metrics()).toContain('tidegate_workers{state="spare"} 1');
  });

  it('WHEN one is stuck THEN new clients get the other one, and it is replaced', async () => {
    const workers = await ready(2);
    const [[pid, clients] = [0, []]] = await clientsOfAll(workers);
    clients[0]?.send('block');
    load = new ConnectLoad(`${server.url}/who`, 2);
    await ready(2, [pid]);
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(server.output).toContain('"msg":"A worker is stuck"');
  });

  it('WHEN it gets SIGHUP under load THEN all are replaced, clients are told to come back, and none is refused', async () => {
    const workers = await ready(2);
    const clients = [...(await clientsOfAll(workers)).values()].flat();
    load = new ConnectLoad(`${server.url}/who`, 4);
    server.child.kill('SIGHUP');
    const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
    expect(new Set(codes)).toEqual(new Set([1012]));
    const rolled = await ready(2, pids(workers));
    await load.stop();
    expect(load.failures).toEqual([]);
    expect([...load.servedAt.keys()]).toEqual(expect.arrayContaining(pids(rolled)));
  });

  it('WHEN the settings are wrong at SIGHUP THEN it says so, and the workers go on', async () => {
    const workers = await ready(2);
    writeFileSync(settings, 'logLevel: loud\n');
    server.child.kill('SIGHUP');
    await waitFor('the refusal', () => server.output.includes('so the workers are not rolled') || undefined);
    writeFileSync(settings, 'logLevel: info\n');
    expect(pids(await ready(2))).toEqual(pids(workers));
  });

  it('WHEN it gets SIGTTIN and SIGTTOU THEN there is one more, and one less again', async () => {
    await ready(2);
    server.child.kill('SIGTTIN');
    await ready(3);
    server.child.kill('SIGTTOU');
    await ready(2);
  });

  it('WHEN it gets SIGTERM THEN the clients are told to come back, and it ends with 0', async () => {
    const clients = [...(await clientsOfAll(await ready(2))).values()].flat();
    server.child.kill('SIGTERM');
    const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
    expect(new Set(codes)).toEqual(new Set([1012]));
    expect(await server.ended()).toBe(0);
    const lastOf = (name: string) => {
      const lines = readFileSync(join(directory, name), 'utf8').trimEnd().split('\n');
      return lines.map((line) => JSON.parse(line).msg).at(-1);
    };
    expect(['app.1.log', 'app-worker1.1.log', 'app-worker2.1.log'].map(lastOf)).toEqual([
      'All workers have ended',
      'Drained',
      'Drained',
    ]);
  });
});

describe('GIVEN no stores that workers could share', () => {
  it('WHEN several are asked for THEN it says what to set', async () => {
    const alone = await ServerProcess.start(['serve', '--workers', '2']);
    expect(await alone.ended()).toBe(1);
    expect(alone.output.trim().split('\n')).toEqual([
      'tidegate: TG2201 redis.host: Several workers share rooms and channels through Redis, and this is not set. Give redis.host and postgres.host, or run one process.',
      'tidegate: TG2201 postgres.host: Several workers share messages in Postgres, and this is not set. Give redis.host and postgres.host, or run one process.',
    ]);
  });
});

describe('GIVEN no supervisor behind a port', () => {
  it('WHEN its workers are asked for THEN it says so', async () => {
    const asked = await ServerProcess.start(['workers', 'status', '--port', '1']);
    expect(await asked.ended()).toBe(1);
    expect(asked.output).toBe(
      'tidegate: TG2202: No supervisor of port 1 answers on this machine. Name the port of a server with several workers.\n',
    );
  });
});
