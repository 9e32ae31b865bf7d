import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from './client.ts';
import { startReplica } from './replica.ts';
import { type PostgresProcess, postgres } from './stores/postgres.ts';
import { redis } from './stores/redis.ts';
import type { StoreProcess } from './stores/store-process.ts';

const PASSWORD = 'secret';

let cache: StoreProcess;
let database: PostgresProcess;
let replicas: RunningServer[];

const start = async (password = PASSWORD) => {
  const replica = await startReplica({
    redis: { host: '127.0.0.1', port: cache.port, password },
    postgres: { host: '127.0.0.1', port: database.port, password },
    drain: { timeoutSeconds: 1 },
  });
  replicas.push(replica);
  return replica;
};
const readyz = async (replica: RunningServer) => {
  const response = await fetch(`${replica.address.url}/readyz`);
  return { code: response.status, ...((await response.json()) as object) };
};
const until = (replica: RunningServer, what: string, expected: object) =>
  waitFor(
    `readyz to tell ${what}`,
    async () => {
      expect(await readyz(replica)).toMatchObject(expected);
      return true;
    },
    { seconds: 30, everyMilliseconds: 50 },
  );
const metricsOf = async (replica: RunningServer) => (await fetch(`${replica.address.url}/metrics`)).text();
const ready = { code: 200, status: 'ready' };

beforeEach(async () => {
  replicas = [];
  [cache, database] = await Promise.all([redis(PASSWORD), postgres(PASSWORD)]);
});
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.drain()));
  await Promise.all([cache.remove(), database.remove()]);
});

describe('GIVEN Redis and Postgres that are away at start', () => {
  it('WHEN they come THEN the replica becomes ready by itself', async () => {
    const replica = await start();
    const away = { status: 'down', reason: 'ECONNREFUSED' };
    await until(replica, 'that both are away', {
      code: 503,
      status: 'not ready',
      backends: { redis: away, postgres: away },
    });
    await Promise.all([cache.start(), database.start()]);
    await until(replica, 'that all is well', ready);
  });
});

describe('GIVEN a wrong password', () => {
  it('WHEN the replica starts THEN readyz tells what the stores said, and not the password', async () => {
    await Promise.all([cache.start(), database.start()]);
    const replica = await start('wrong');
    await until(replica, 'that both refuse', {
      code: 503,
      backends: { redis: { reason: 'WRONGPASS' }, postgres: { reason: '28P01' } },
    });
  });
});

describe('GIVEN a replica whose secrets come from files', () => {
  it('WHEN they are rotated THEN it uses the new ones by itself, and tokens of the old key still hold', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tidegate-secrets-'));
    const write = (name: string, value: string) => {
      writeFileSync(join(directory, name), value);
      return join(directory, name);
    };
    const [oldKey, newKey] = ['old', 'new'].map((age) => `the ${age} key of thirty-two characters`);
    const env = {
      TIDEGATE_REDIS_PASSWORD_FILE: write('redis', 'the old password'),
      TIDEGATE_POSTGRES_PASSWORD_FILE: write('postgres', 'the old password'),
      TIDEGATE_AUTH_TOKEN_KEY_FILE: write('key', oldKey ?? ''),
    };
    await Promise.all([cache.start(), database.start()]);
    const replica = await startReplica(
      {
        redis: { host: '127.0.0.1', port: cache.port },
        postgres: { host: '127.0.0.1', port: database.port },
        drain: { timeoutSeconds: 1 },
      },
      env,
    );
    replicas.push(replica);
    const refused = { status: 'down' };
    await until(replica, 'that both refuse', { backends: { redis: refused, postgres: refused } });
    const enter = async (key = '') => {
      const token = new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject('alice');
      const signed = await token.sign(new TextEncoder().encode(key));
      const client = await TestClient.connect(`${replica.address.url}/secure/ws?token=${signed}`);
      await client.close();
      return 'welcome';
    };
    expect(await enter(oldKey)).toBe('welcome');
    for (const name of ['redis', 'postgres']) write(name, PASSWORD);
    write('key', newKey ?? '');
    await until(replica, 'that all is well', ready);
    await waitFor('the new key', () => enter(newKey));
    expect(await enter(oldKey)).toBe('welcome');
    rmSync(directory, { recursive: true });
  });
});

describe('GIVEN a replica whose Postgres goes away', () => {
  it('WHEN people go on talking THEN all is delivered at once, and stored when it is back', async () => {
    await Promise.all([cache.start(), database.start()]);
    const replica = await start();
    await replica.whenReady();
    const alice = await TestClient.connect(`${replica.address.url}/chat/outage?username=alice`);
    await alice.waitForCount(1);
    await database.stop();
    alice.send('during');
    await alice.waitFor('its own message', ({ text }) => text === 'during', 2);
    await until(replica, 'that Postgres is away', {
      code: 200,
      status: 'degraded',
      backends: { postgres: { status: 'down' } },
    });
    const bob = await TestClient.connect(`${replica.address.url}/chat/outage?username=bob`);
    await bob.waitFor(
      'what the replica still holds',
      ({ text, replay }) => text === 'during' && replay === true,
    );
    await database.start();
    await until(replica, 'that all is well', ready);
    const rows = await waitFor('the row', async () => {
      const found = await database.query('SELECT username, body FROM tidegate_messages');
      return found.length > 0 ? found : undefined;
    });
    expect(rows).toEqual([{ username: 'alice', body: 'during' }]);
    await Promise.all([alice.close(), bob.close()]);
  });
});

describe('GIVEN two replicas whose Redis goes away', () => {
  it('WHEN it is back THEN messages and presence cross again; meanwhile each serves its own', async () => {
    await Promise.all([cache.start(), database.start()]);
    const [first, second] = [await start(), await start()];
    await Promise.all([first.whenReady(), second.whenReady()]);
    const alice = await TestClient.connect(`${first.address.url}/chat/outage?username=alice&presence=1`);
    const bob = await TestClient.connect(`${second.address.url}/chat/outage?username=bob`);
    await alice.waitFor('both', ({ count }) => count === 2);
    await cache.stop();
    const away = { code: 200, status: 'degraded', backends: { redis: { status: 'down' } } };
    await Promise.all([first, second].map((replica) => until(replica, 'that Redis is away', away)));
    expect(await metricsOf(first)).toContain('\ntidegate_backend_up{backend="redis"} 0\n');
    alice.send('to my replica');
    await alice.waitFor('its own message', ({ text }) => text === 'to my replica', 2);
    await cache.start();
    await Promise.all([until(first, 'that all is well', ready), until(second, 'that all is well', ready)]);
    alice.send('to everyone');
    await bob.waitFor('the message', ({ text }) => text === 'to everyone');
    const carol = await TestClient.connect(`${first.address.url}/chat/outage?username=carol&presence=1`);
    await carol.waitFor('all to be present', ({ count }) => count === 3);
    const metrics = await metricsOf(first);
    expect(metrics).toContain('\ntidegate_broker_failures_total 1\n');
    expect(metrics).toContain('\ntidegate_backend_up{backend="redis"} 1\n');
    await Promise.all([alice, bob, carol].map((client) => client.close()));
  });
});
