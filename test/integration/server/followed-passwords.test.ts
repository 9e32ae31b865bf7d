import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from '../../../src/spec/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';
import { type PostgresProcess, postgres } from './stores/postgres.ts';
import {
  bringSecret,
  type RenderedScript,
  renderedPod,
  startLogins,
  startRenderedRedis,
} from './stores/rendered.ts';

/** None of them is as easy to quote as those that are generated. */
const [FIRST, SECOND, THIRD] = ['it’s "one" $HOME', "and 'two' \\ `id`", '#three >four'] as const;

const vault = (key: string) => ({ externalSecret: { store: { name: 'vault' }, key } });
const chat = parse(environment({ secrets: { redis: vault('redis'), postgres: vault('postgres') } }));
const directory = mkdtempSync(join(tmpdir(), 'tidegate-followed-'));
let port: number;
let redis: RenderedScript;
let logins: RenderedScript;
let database: PostgresProcess;
let connected: Redis;

function bring(password: string): void {
  for (const store of ['redis', 'postgres']) {
    const pod = renderedPod(chat, 'StatefulSet', `chat-${store}`);
    bringSecret(pod, 'password', { password }, join(directory, store));
  }
}

async function redisAccepts(password: string): Promise<boolean> {
  const client = new Redis({ port, password, lazyConnect: true, retryStrategy: null });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

async function postgresAccepts(password: string): Promise<boolean> {
  const at = { host: '127.0.0.1', port: database.port, user: 'tidegate', database: 'tidegate' };
  const client = new Client({ ...at, password });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

const until = (what: string, holds: () => Promise<boolean>) =>
  waitFor(what, async () => ((await holds()) ? true : undefined));

beforeAll(async () => {
  chmodSync(directory, 0o777);
  bring(FIRST);
  ({ port, script: redis } = await startRenderedRedis(chat, directory));
  database = await postgres('the password of a volume that is older than the Secret');
  await database.start();
  logins = startLogins(chat, directory, database);
  await until('both to accept the first', async () => (await redisAccepts(FIRST)) && postgresAccepts(FIRST));
  connected = new Redis({ port, password: FIRST, retryStrategy: null });
  await connected.set('kept', 'yes');
}, 60_000);
afterAll(async () => {
  connected.disconnect();
  await Promise.all([redis.stop(), logins.stop()]);
  await database.remove();
  rmSync(directory, { recursive: true, force: true });
});

describe('GIVEN stores whose passwords somebody else changes', () => {
  it('WHEN there is another one THEN both follow without a restart, and Redis takes the one before it still', async () => {
    bring(SECOND);
    await until('Redis to follow', () => redisAccepts(SECOND));
    await until('Postgres to follow', () => postgresAccepts(SECOND));
    expect(await redisAccepts(FIRST)).toBe(true);
    expect(await postgresAccepts(FIRST)).toBe(false);
    expect(await connected.get('kept')).toBe('yes');
  });

  it('WHEN there is a third THEN the first is refused, and who is connected since then stays so', async () => {
    bring(THIRD);
    await until('Redis to follow', () => redisAccepts(THIRD));
    await until('Postgres to follow', () => postgresAccepts(THIRD));
    expect([await redisAccepts(FIRST), await redisAccepts(SECOND)]).toEqual([false, true]);
    expect(await connected.get('kept')).toBe('yes');
  });

  it('WHEN a person gives Redis the next one by hand THEN it follows all the same, and those after it too', async () => {
    await connected.call('ACL', 'SETUSER', 'default', 'resetpass', `>${FIRST}`);
    bring(FIRST);
    await until('Redis to take the one before it too', () => redisAccepts(THIRD));
    bring(SECOND);
    await until('Redis to follow', () => redisAccepts(SECOND));
    expect([await redisAccepts(FIRST), await redisAccepts(THIRD)]).toEqual([true, false]);
    expect(await connected.get('kept')).toBe('yes');
  });

  it('WHEN what the scripts wrote is searched for the passwords THEN there are none', () => {
    const texts = redis.output + logins.output;
    expect([FIRST, SECOND, THIRD].filter((password) => texts.includes(password))).toEqual([]);
  });
});
