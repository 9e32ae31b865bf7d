import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/server/index.ts';
import {
  enterPhase,
  isRotated,
  newSecretData,
  parse,
  type RotatedRequirement,
  type RotationPhase,
  readCredentials,
  type SecretData,
  type SecretRole,
  secretData,
  secretRequirements,
} from '../../../src/spec/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { environment } from '../../unit/environment.ts';
import { sign } from './bad-tokens.ts';
import { TestClient } from './client.ts';
import { startReplica } from './replica.ts';
import { type PostgresProcess, postgres } from './stores/postgres.ts';
import {
  bringSecret,
  type RenderedScript,
  renderedPod,
  SECRETS,
  startLogins,
  startRenderedRedis,
} from './stores/rendered.ts';

const ROLES = ['redis', 'postgres', 'token', 'api'] as const;
const rotated = { generated: { rotate: {} } };
const chat = parse(
  environment({
    secrets: Object.fromEntries(ROLES.map((role) => [role, rotated])),
    tasks: { module: 'a.ts' },
  }),
);
const requirements = Object.fromEntries(
  secretRequirements(chat)
    .filter(isRotated)
    .map((requirement) => [requirement.role, requirement]),
) as Record<SecretRole, RotatedRequirement>;

const redisPod = renderedPod(chat, 'StatefulSet', 'chat-redis');
const postgresPod = renderedPod(chat, 'StatefulSet', 'chat-postgres');
const serverPod = renderedPod(chat, 'Deployment', 'chat-server');
const directory = mkdtempSync(join(tmpdir(), 'tidegate-rotation-'));
const secrets = Object.fromEntries(ROLES.map((role) => [role, newSecretData(requirements[role])])) as Record<
  SecretRole,
  SecretData
>;

const toServer = (role: SecretRole) =>
  bringSecret(serverPod, `secret-${role}`, secrets[role], join(directory, 'server', role));
const toStores = () => {
  bringSecret(redisPod, 'password', secrets.redis, join(directory, 'redis'));
  bringSecret(postgresPod, 'password', secrets.postgres, join(directory, 'postgres'));
};
function enter(phase: RotationPhase): void {
  for (const role of ROLES) {
    const requirement = requirements[role];
    const before = readCredentials(requirement, secrets[role]);
    if (before === undefined) throw new Error(`No credential for ${role}`);
    secrets[role] = secretData(requirement, enterPhase(phase, requirement, before));
  }
}

let redisPort: number;
let redis: RenderedScript;
let logins: RenderedScript;
let database: PostgresProcess;
let server: RunningServer;
let clients: readonly TestClient[];
let sent = 0;
let first: Record<SecretRole, SecretData>;

async function redisAccepts(password: string | undefined): Promise<boolean> {
  const client = new Redis({
    port: redisPort,
    password: password ?? '',
    lazyConnect: true,
    retryStrategy: null,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

async function postgresAccepts(login: string | undefined): Promise<boolean> {
  const [user = '', password = ''] = (login ?? '').split(':');
  const client = new Client({ host: '127.0.0.1', port: database.port, user, password, database: 'tidegate' });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('CREATE TABLE IF NOT EXISTS of_the_owner ()');
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function asOwner(sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({
    host: database.socket,
    port: database.port,
    user: 'tidegate',
    database: 'tidegate',
  });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function tokenIsTaken(key: string | undefined): Promise<boolean> {
  const token = await sign({ sub: 'alice' }, Buffer.from(key ?? ''));
  const refused = (error: { status?: number }) => error.status ?? 0;
  const answer = await TestClient.connect(`${server.address.url}/secure/ws?token=${token}`).catch(refused);
  if (typeof answer === 'number') return false;
  await answer.close();
  return true;
}

async function apiKeyIsTaken(key: string | undefined): Promise<boolean> {
  return waitFor('an answer about an API key', async () => {
    const { status } = await fetch(`${server.address.url}/api/channels/publish`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key ?? '' },
      body: JSON.stringify({ channel: 'news', data: {} }),
    });
    // Redis was connected to anew a moment ago.
    return status === 503 ? undefined : status === 200;
  });
}

/** Since when the server reads what it reads of a setting. */
async function readSince(setting: string): Promise<number> {
  const text = await (await fetch(`${server.address.url}/metrics`)).text();
  const line = new RegExp(`^tidegate_setting_read_timestamp_seconds\\{setting="${setting}"\\} (.+)$`, 'm');
  return Number(line.exec(text)?.[1]);
}

/** Brings Secrets to the server and waits until it tells that it has read them. */
async function serverReads(settings: readonly string[]): Promise<void> {
  const before = new Map(
    await Promise.all(settings.map(async (one) => [one, await readSince(one)] as const)),
  );
  for (const role of ROLES) toServer(role);
  for (const setting of settings) {
    await waitFor(`${setting} to be read`, async () =>
      (await readSince(setting)) > (before.get(setting) ?? 0) ? true : undefined,
    );
  }
}

/** A message of each client gets to all. */
async function everybodyHears(): Promise<void> {
  for (const [index, client] of clients.entries()) {
    sent += 1;
    const text = `message ${sent} of ${index}`;
    client.send(text);
    await Promise.all(clients.map((one) => one.waitFor(text, (event) => event.text === text)));
  }
}

/** What is new is connected to, and clients are told nothing of it: as after an outage of each store. */
async function storesDropTheServer(): Promise<void> {
  await asOwner("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tidegate'");
  const admin = new Redis({ port: redisPort, password: secrets.redis.password ?? '' });
  for (const type of ['normal', 'pubsub']) await admin.call('CLIENT', 'KILL', 'TYPE', type);
  admin.disconnect();
  await waitFor('both stores to be up again', async () =>
    (await fetch(`${server.address.url}/readyz`)).ok ? true : undefined,
  );
}

beforeAll(async () => {
  chmodSync(directory, 0o777);
  toStores();
  ({ port: redisPort, script: redis } = await startRenderedRedis(chat, directory));
  database = await postgres('the password of a volume that is older than the Secret');
  await database.start();
  logins = startLogins(chat, directory, database);
  await waitFor('the login', async () =>
    (await postgresAccepts(secrets.postgres.login)) ? true : undefined,
  );
  for (const role of ROLES) toServer(role);
  const variables = serverPod.containers[0]?.env?.filter(({ name }) => name.endsWith('_FILE')) ?? [];
  const env = variables
    .filter(({ value }) => value?.startsWith(SECRETS))
    .map(({ name, value = '' }) => [name, value.replace(SECRETS, join(directory, 'server'))] as const);
  server = await startReplica(
    {
      redis: { host: '127.0.0.1', port: redisPort },
      postgres: { host: '127.0.0.1', port: database.port },
      channels: { withoutNamespace: { allowPublish: 'anyone' } },
    },
    Object.fromEntries(env),
  );
  await server.whenReady();
  clients = await Promise.all(
    [1, 2, 3].map((index) => TestClient.connect(`${server.address.url}/chat/lobby?username=user-${index}`)),
  );
  first = structuredClone(secrets);
}, 60_000);
afterAll(async () => {
  await server.drain();
  await Promise.all([redis.stop(), logins.stop()]);
  await database.remove();
  rmSync(directory, { recursive: true, force: true });
});

describe('GIVEN a server with clients, its Redis and its Postgres, run as they are rendered', () => {
  it('WHEN nothing has rotated THEN each credential is good, and what it is not is refused', async () => {
    await everybodyHears();
    expect(await redisAccepts(first.redis.password)).toBe(true);
    expect(await redisAccepts('another')).toBe(false);
    expect(await postgresAccepts(`tidegate:${first.postgres.password}`)).toBe(true);
    expect(await postgresAccepts('tidegate_a:another')).toBe(false);
    expect(await tokenIsTaken(first.token.key)).toBe(true);
    expect(await tokenIsTaken('another-key-of-more-than-32-characters')).toBe(false);
    expect(await apiKeyIsTaken(first.api.key)).toBe(true);
    expect(await apiKeyIsTaken('another')).toBe(false);
  });

  it('WHEN new ones are prepared THEN both are accepted everywhere, and the old ones are used', async () => {
    enter('Prepared');
    toStores();
    await serverReads(['auth.acceptedTokenKeys', 'auth.apiKeys']);
    await waitFor('Redis', async () => ((await redisAccepts(secrets.redis.next)) ? true : undefined));
    await waitFor('Postgres', async () =>
      (await postgresAccepts(secrets.postgres.next)) ? true : undefined,
    );
    expect(await redisAccepts(first.redis.password)).toBe(true);
    expect(await postgresAccepts(first.postgres.login)).toBe(true);
    for (const key of [first.token.key, secrets.token.next]) expect(await tokenIsTaken(key)).toBe(true);
    for (const key of [first.api.key, secrets.api.next]) expect(await apiKeyIsTaken(key)).toBe(true);
    await everybodyHears();
  });

  it('WHEN the new ones are used THEN connections that are made anew are made with them, and no client notices', async () => {
    enter('Switched');
    // Whoever reads it first: the server, whose stores have accepted it for long.
    await serverReads(['redis.password', 'postgres.login', 'auth.tokenKey']);
    await storesDropTheServer();
    await everybodyHears();
    toStores();
    await waitFor('the new login', async () => {
      const users = await asOwner(
        "SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name = 'tidegate'",
      );
      return users.length === 1 && users[0]?.usename === 'tidegate_b' ? true : undefined;
    });
    expect(await tokenIsTaken(first.token.key)).toBe(true);
    expect(await apiKeyIsTaken(first.api.key)).toBe(true);
    expect(await redisAccepts(first.redis.password)).toBe(true);
    expect(await postgresAccepts(first.postgres.login)).toBe(true);
  });

  it('WHEN the overlap is over THEN the old ones are refused, and no client notices', async () => {
    enter('Settled');
    toStores();
    await serverReads(['auth.acceptedTokenKeys', 'auth.apiKeys']);
    await waitFor('Redis', async () => ((await redisAccepts(first.redis.password)) ? undefined : true));
    await waitFor('Postgres', async () => ((await postgresAccepts(first.postgres.login)) ? undefined : true));
    expect(await tokenIsTaken(first.token.key)).toBe(false);
    expect(await apiKeyIsTaken(first.api.key)).toBe(false);
    expect(await tokenIsTaken(secrets.token.key)).toBe(true);
    expect(await apiKeyIsTaken(secrets.api.key)).toBe(true);
    expect(await redisAccepts(secrets.redis.password)).toBe(true);
    await storesDropTheServer();
    await everybodyHears();
    expect(clients.every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true);
  });

  it('WHEN what was written is looked at THEN nothing is lost, and all is the owner’s', async () => {
    const stored = await waitFor('the history', async () => {
      const rows = await asOwner('SELECT DISTINCT id FROM tidegate_messages');
      return rows.length >= sent ? rows.length : undefined;
    });
    expect(stored).toBe(sent);
    const owners = await asOwner("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'");
    expect(owners).toEqual([{ tableowner: 'tidegate' }]);
  });

  it('WHEN what the scripts wrote is searched for the credentials THEN there are none', () => {
    const values = [first, secrets].flatMap((all) => [all.redis.password ?? '', all.postgres.password ?? '']);
    const texts = redis.output + logins.output;
    expect(values.filter((value) => value === '' || texts.includes(value))).toEqual([]);
  });
});
