import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateOnce } from '../../../src/server/store/migration.ts';
import { Settings } from '../../../src/spec/settings.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { type PostgresProcess, postgres } from './stores/postgres.ts';

const PASSWORD = `it's "quoted" & 100%`;
let database: PostgresProcess;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tidegate-migration-'));
  await writeFile(join(home, 'password'), `${PASSWORD}\n`);
  database = await postgres(PASSWORD);
  await database.start();
  await database.query('CREATE TABLE steps (name text, at timestamptz DEFAULT clock_timestamp())');
});
afterAll(async () => {
  await database.remove();
  await rm(home, { recursive: true, force: true });
});

const PG = '/usr/lib/postgresql/15/bin/psql';
/** A program of an application's that writes into the database it is told of. */
const writes = (name: string) => [PG, '-qXc', `INSERT INTO steps (name) VALUES ('${name}')`];

function start(id: string, command: readonly string[]): { child: ChildProcess; text: () => string } {
  const { PATH } = process.env;
  const env = {
    PATH,
    TIDEGATE_POSTGRES_HOST: '127.0.0.1',
    TIDEGATE_POSTGRES_PORT: String(database.port),
    TIDEGATE_POSTGRES_PASSWORD_FILE: join(home, 'password'),
  };
  const child = spawn(process.execPath, ['src/cli/main.ts', 'migrate', '--id', id, '--', ...command], {
    env,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  return { child, text: () => text };
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));

async function migrate(
  id: string,
  command: readonly string[],
): Promise<{ code: number | null; text: string }> {
  const { child, text } = start(id, command);
  const code = await ended(child);
  return { code, text: text() };
}

const count = async (name: string) =>
  Number((await database.query('SELECT count(*) FROM steps WHERE name = $1', [name]))[0]?.count);

describe('GIVEN a migration of an application', () => {
  it('WHEN it is started twice THEN it is run once, logged in as the server would be', async () => {
    expect((await migrate('one', writes('one'))).code).toBe(0);
    const again = await migrate('one', writes('one'));
    expect(again.code).toBe(0);
    expect(again.text).toContain('The migration was run before');
    expect(await count('one')).toBe(1);
  });

  it('WHEN a URL is what the program takes THEN that leads to the database too', async () => {
    const url = `INSERT INTO steps (name) VALUES ('url')`;
    const { code, text } = await migrate('url', [
      'sh',
      '-c',
      `env -u PGPASSWORD ${PG} "$DATABASE_URL" -qXc "${url}"`,
    ]);
    expect([code, text.includes('done'), await count('url')]).toEqual([0, true, 1]);
  });

  it.each([
    ['variables', '{}'],
    ['the URL', '{ connectionString: process.env.DATABASE_URL }'],
  ])('WHEN a program in Node takes %s THEN it reaches a database without TLS', async (name, config) => {
    const program = `
      import pg from 'pg';
      const client = new pg.Client(${config});
      await client.connect();
      await client.query('INSERT INTO steps (name) VALUES ($1)', ['node ${name}']);
      await client.end();`;
    const command = [process.execPath, '--input-type=module', '-e', program];
    const { code, text } = await migrate(`node ${name}`, command);
    expect([code === 0 ? 0 : text, await count(`node ${name}`)]).toEqual([0, 1]);
  });

  it('WHEN it fails THEN its exit code is handed on, and it is run again', async () => {
    expect((await migrate('bad', ['sh', '-c', 'exit 7'])).code).toBe(7);
    expect((await migrate('bad', writes('bad'))).code).toBe(0);
    expect(await count('bad')).toBe(1);
  });

  it('WHEN three start at once THEN one runs at a time, and once', async () => {
    const step = [
      'sh',
      '-c',
      `${PG} -qXc "INSERT INTO steps (name) VALUES ('begin')" -c "SELECT pg_sleep(0.5)" -c "INSERT INTO steps (name) VALUES ('end')"`,
    ];
    const codes = await Promise.all(['a', 'b', 'a'].map((id) => migrate(id, step)));
    expect(codes.map(({ code }) => code)).toEqual([0, 0, 0]);
    const order = await database.query(`SELECT name FROM steps WHERE name IN ('begin', 'end') ORDER BY at`);
    expect(order.map(({ name }) => name)).toEqual(['begin', 'end', 'begin', 'end']);
  });

  it('WHEN the database is not there yet THEN it is waited for', async () => {
    await database.stop();
    const { child, text } = start('late', writes('late'));
    await waitFor('it to wait', async () => text().includes('Waiting for the database') || undefined);
    await database.start();
    expect(await ended(child)).toBe(0);
    expect(await count('late')).toBe(1);
  });

  it('WHEN the connection that holds the lock is cut THEN the program is ended, and nothing counts as done', async () => {
    const { child, text } = start('cut', [
      'sh',
      '-c',
      'trap "exit 0" TERM; echo begun; while :; do sleep 0.1; done',
    ]);
    await waitFor('the program to begin', async () => text().includes('begun') || undefined);
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted`,
    );
    expect(await ended(child)).toBe(1);
    expect(await database.query(`SELECT id FROM tidegate_migrations WHERE id = 'cut'`)).toEqual([]);
  });

  it('WHEN it is stopped while another one runs THEN it ends', async () => {
    const first = start('first', ['sh', '-c', 'trap "exit 3" TERM; echo begun; while :; do sleep 0.1; done']);
    await waitFor('the first to begin', async () => first.text().includes('begun') || undefined);
    const second = start('second', writes('second'));
    await waitFor('the second to wait', async () => {
      const rows = await database.query(
        `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`,
      );
      return rows.length > 0 || undefined;
    });
    second.child.kill('SIGTERM');
    expect(await ended(second.child)).toBe(137);
    first.child.kill('SIGTERM');
    expect(await ended(first.child)).toBe(3);
    expect(await count('second')).toBe(0);
  });

  it.each([
    ['while it connects', 'connects'],
    ['after it has the lock', 'has the lock'],
  ])('WHEN it is stopped %s THEN the program is not run', async (_, moment) => {
    const stop = new AbortController();
    const { postgres: settings } = Settings.parse({
      postgres: { host: '127.0.0.1', port: database.port, password: PASSWORD },
    });
    const log = {
      info: () => stop.abort(),
      error: () => {},
    } as unknown as Logger;
    const current = () => {
      if (moment === 'connects') stop.abort();
      return settings;
    };
    const id = `stopped when it ${moment}`;
    expect(await migrateOnce({ current, id, command: writes(id), log, stop: stop.signal })).toBe(137);
    expect(await count(id)).toBe(0);
  });

  it('WHEN the program is not there THEN an error names it', async () => {
    const { code, text } = await migrate('absent', ['no-such-program']);
    expect(code).toBe(127);
    expect(text).toContain('spawn no-such-program ENOENT');
    expect(text).not.toContain(PASSWORD);
  });
});
