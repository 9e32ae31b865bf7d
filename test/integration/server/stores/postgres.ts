import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { command } from '../../../cluster/command.ts';
import { waitFor } from '../../../cluster/wait-for.ts';
import { asAccount, ended, freePort, type StoreProcess, spawnUnprivileged } from './store-process.ts';

const PROGRAMS = '/usr/lib/postgresql/15/bin';
export const POSTGRES_USER = 'tidegate';

export interface PostgresProcess extends StoreProcess {
  /** Directory of its socket. */
  readonly socket: string;
  query(sql: string, parameters?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

/**
 * A Postgres with one superuser and an empty database, both called tidegate.
 *
 * @param options of the server, such as `-cssl=on`; its directory is readable by it alone
 */
export async function postgres(
  password: string,
  options: (home: string) => Promise<readonly string[]> = async () => [],
): Promise<PostgresProcess> {
  const port = await freePort();
  const home = await mkdtemp(join(tmpdir(), 'tidegate-postgres-'));
  const data = join(home, 'data');
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, password);
  const more = await options(home);
  if (process.getuid?.() === 0) await command('chown', ['-R', 'postgres:postgres', home]);
  const initdb = ['--pgdata', data, '--username', POSTGRES_USER, '--pwfile', passwordFile];
  // As in the image: who is in the container is trusted.
  const auth = ['--auth-host', 'scram-sha-256', '--auth-local', 'trust'];
  await run([`${PROGRAMS}/initdb`, ...initdb, ...auth, '--no-sync']);
  let child: ChildProcess | undefined;

  async function query(sql: string, parameters: readonly unknown[] = [], database = POSTGRES_USER) {
    const client = new Client({ host: '127.0.0.1', port, user: POSTGRES_USER, password, database });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(sql, [...parameters])).rows as readonly Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  async function start(): Promise<void> {
    const settings = [`-k${home}`, `-p${port}`, '-h127.0.0.1', '-cfsync=off', ...more];
    child = spawnUnprivileged(`${PROGRAMS}/postgres`, ['-D', data, ...settings]);
    const find = "SELECT FROM pg_database WHERE datname = 'tidegate'";
    const ask = { seconds: 30, everyMilliseconds: 50 };
    const found = await waitFor('Postgres to answer', () => query(find, [], 'postgres'), ask);
    if (found.length === 0) await query('CREATE DATABASE tidegate', [], 'postgres');
  }

  async function stop(): Promise<void> {
    if (child === undefined) return;
    child.kill('SIGQUIT');
    await ended(child);
    child = undefined;
  }

  return {
    port,
    socket: home,
    start,
    stop,
    query,
    async remove() {
      await stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function run(line: readonly string[]): Promise<void> {
  const [program = '', ...args] = asAccount(line);
  await command(program, args);
}
