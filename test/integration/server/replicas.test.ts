import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from './client.ts';
import { startReplica } from './replica.ts';
import { type PostgresProcess, postgres } from './stores/postgres.ts';
import { redis } from './stores/redis.ts';
import type { StoreProcess } from './stores/store-process.ts';

const PASSWORD = 'a password of the tests';

let cache: StoreProcess;
let database: PostgresProcess;
let first: RunningServer;
let second: RunningServer;

const settings = () => ({
  redis: { host: '127.0.0.1', port: cache.port, password: PASSWORD },
  postgres: { host: '127.0.0.1', port: database.port, password: PASSWORD },
  drain: { reconnectsPerSecond: 20, closesPerSecond: 20, timeoutSeconds: 5 },
});
const join = (server: RunningServer, path: string) =>
  TestClient.connect(`${server.address.url}/chat/${path}`);

beforeAll(async () => {
  [cache, database] = await Promise.all([redis(PASSWORD), postgres(PASSWORD)]);
  await Promise.all([cache.start(), database.start()]);
  [first, second] = await Promise.all([startReplica(settings()), startReplica(settings())]);
  await Promise.all([first.whenReady(), second.whenReady()]);
});
afterAll(async () => {
  await Promise.all([first.drain(), second.drain()]);
  await Promise.all([cache.remove(), database.remove()]);
});

describe('GIVEN two replicas that share Redis and Postgres', () => {
  it('WHEN members are on different ones THEN each gets all messages once, and joins and leaves', async () => {
    const alice = await join(first, 'cross?username=alice');
    await alice.waitForCount(1);
    const bob = await join(second, 'cross?username=bob');
    await alice.waitFor("bob's join", ({ type, user }) => type === 'join' && user === 'bob');
    for (let number = 0; number < 50; number += 1) {
      alice.send(`from alice ${number}`);
      bob.send(`from bob ${number}`);
    }
    await Promise.all(
      [alice, bob].map((client) => waitFor('all messages', () => said(client).length === 100 || undefined)),
    );
    for (const client of [alice, bob]) {
      for (const name of ['alice', 'bob']) {
        const texts = said(client).filter((text) => text.startsWith(`from ${name}`));
        expect(texts).toEqual(Array.from({ length: 50 }, (_, number) => `from ${name} ${number}`));
      }
    }
    await bob.close();
    await alice.waitFor("bob's leave", ({ type, user }) => type === 'leave' && user === 'bob');
    await alice.close();
  });

  it('WHEN someone is present on the other one THEN the presence lists both', async () => {
    const watcher = await join(first, 'present?username=watcher&presence=1');
    const other = await join(second, 'present?username=other');
    const both = await watcher.waitFor('both', ({ type, count }) => type === 'presence' && count === 2);
    expect(both).toEqual({ type: 'presence', users: ['other', 'watcher'], count: 2 });
    await other.close();
    await waitFor('the other to vanish', () => watcher.events.at(-1)?.count === 1 || undefined);
    await watcher.close();
  });

  it('WHEN a message was stored by one THEN it is a row, and the other replays it to who joins', async () => {
    const writer = await join(first, 'stored?username=writer');
    writer.send("it's 100% “stored”; DROP TABLE tidegate_messages");
    const find = "SELECT room, username, body FROM tidegate_messages WHERE room = 'stored'";
    const rows = await waitFor('the row', async () => {
      const found = await database.query(find);
      return found.length > 0 ? found : undefined;
    });
    const body = "it's 100% “stored”; DROP TABLE tidegate_messages";
    expect(rows).toEqual([{ room: 'stored', username: 'writer', body }]);
    const late = await join(second, 'stored?username=late');
    await late.waitForCount(2);
    expect(late.events[0]).toMatchObject({ type: 'message', user: 'writer', text: body, replay: true });
    await Promise.all([writer.close(), late.close()]);
  });

  it('WHEN a text has a NUL, which Postgres cannot hold, THEN it is delivered as it came and stored without', async () => {
    const writer = await join(first, 'nul?username=writer');
    writer.send('a\u0000b');
    const message = await writer.waitFor('the message', ({ type }) => type === 'message');
    expect(message.text).toBe('a\u0000b');
    const rows = await waitFor('the row', async () => {
      const found = await database.query("SELECT body FROM tidegate_messages WHERE room = 'nul'");
      return found.length > 0 ? found : undefined;
    });
    expect(rows).toEqual([{ body: 'a\uFFFDb' }]);
    await writer.close();
  });

  it('WHEN many join while messages flow THEN none misses a message or gets one twice', async () => {
    const writer = await join(first, 'flow?username=writer');
    await writer.waitForCount(1);
    let sent = 0;
    const timer = setInterval(() => {
      sent += 1;
      writer.send(String(sent));
    }, 2);
    const joiners: TestClient[] = [];
    for (let count = 0; count < 20; count += 1) joiners.push(await join(first, 'flow?username=joiner'));
    clearInterval(timer);
    const last = String(sent);
    for (const joiner of joiners) {
      await joiner.waitFor('the last message', ({ text }) => text === last);
      const numbers = said(joiner).map(Number);
      expect(numbers).toEqual(Array.from(numbers, (_, index) => (numbers[0] ?? 0) + index));
    }
    await Promise.all([writer, ...joiners].map((client) => client.close()));
  });
});

describe('GIVEN a replica with clients', () => {
  it('WHEN it drains THEN it is not ready, takes nobody, and closes with 1012 at its pace', async () => {
    const replica = await startReplica(settings());
    await replica.whenReady();
    const clients = await Promise.all(
      Array.from({ length: 11 }, () => TestClient.connect(`${replica.address.url}/ws`)),
    );
    const started = performance.now();
    const drained = replica.drain();
    const ready = await fetch(`${replica.address.url}/readyz`);
    expect([ready.status, ((await ready.json()) as { status: string }).status]).toEqual([503, 'draining']);
    await expect(TestClient.connect(`${replica.address.url}/ws`)).rejects.toMatchObject({ status: 503 });
    const closes = await Promise.all(clients.map((client) => client.closed));
    await drained;
    // Eleven at 20 a second, of which the first two may go at once.
    expect(performance.now() - started).toBeGreaterThan(445);
    for (const { code, reason } of closes) {
      expect(code).toBe(1012);
      expect(reason).toMatch(/^The server is draining; retry-after-ms=\d{1,3}$/);
    }
    await expect(fetch(`${replica.address.url}/healthz`)).rejects.toThrow();
  });

  it('WHEN a client ignores the close THEN it is cut off at the deadline', async () => {
    const replica = await startReplica({ ...settings(), drain: { closesPerSecond: 100, timeoutSeconds: 1 } });
    const client = await TestClient.connect(`${replica.address.url}/ws`);
    client.socket.pause();
    const started = performance.now();
    await replica.drain();
    const seconds = (performance.now() - started) / 1_000;
    expect(seconds).toBeGreaterThan(0.99);
    expect(seconds).toBeLessThan(4);
    client.socket.terminate();
  });
});

describe('GIVEN several replicas that start on an empty database at once', () => {
  it('WHEN each makes the table THEN all become ready', async () => {
    await database.query('DROP TABLE tidegate_messages');
    const replicas = await Promise.all(Array.from({ length: 4 }, () => startReplica(settings())));
    await Promise.all(replicas.map((replica) => replica.whenReady()));
    expect(await database.query('SELECT count(*)::int AS rows FROM tidegate_messages')).toEqual([
      { rows: 0 },
    ]);
    await Promise.all(replicas.map((replica) => replica.drain()));
  });
});

function said(client: TestClient): readonly string[] {
  return client.events.filter(({ type }) => type === 'message').map(({ text = '' }) => text);
}
