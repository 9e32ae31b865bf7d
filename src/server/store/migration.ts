import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from 'pino';
import type { Settings } from '../../spec/settings.ts';
import { retryDelay } from './back-off.ts';
import { clientConfig } from './database.ts';

export interface MigrationOptions {
  /** Where the database is; the settings as they are now. */
  readonly current: () => Settings['postgres'];
  /** Stands for what the command does: once it has succeeded, it is not run again. */
  readonly id: string;
  readonly command: readonly string[];
  /** File with the authorities of the database's certificate, for the command. */
  readonly authorities?: string | undefined;
  readonly log: Logger;
  /** Ends the wait for the database and for the lock, and the command. */
  readonly stop: AbortSignal;
}

/** One for all migrations of a database; the number is the project's own, chosen once. */
const LOCK = 7_283_416;
const LEDGER = `
CREATE TABLE IF NOT EXISTS tidegate_migrations (
  id          text PRIMARY KEY,
  finished_at timestamptz NOT NULL DEFAULT now()
)`;
/** Exit codes as shells give them. */
const KILLED = 137;
const NOT_FOUND = 127;

/**
 * Runs a command that changes a database, unless it has succeeded before. It waits for the database, and for whoever runs
 * another one: of all that are started, one runs at a time.
 *
 * @returns the exit code: that of the command, 0 when there was nothing to do, 1 when the lock was lost meanwhile
 */
export async function migrateOnce(options: MigrationOptions): Promise<number> {
  const { id, log, stop } = options;
  const client = await connected(options);
  if (client === undefined) return KILLED;
  const lost = new AbortController();
  client.on('error', (error) => {
    log.error({ err: error }, 'The connection that holds the lock was lost');
    lost.abort();
  });
  const onStop = () => void client.end();
  try {
    stop.addEventListener('abort', onStop, { once: true });
    // A signal that came while it was connected to tells no listener any more.
    if (stop.aborted) return KILLED;
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    stop.removeEventListener('abort', onStop);
    await client.query(LEDGER);
    const { rows } = await client.query('SELECT finished_at FROM tidegate_migrations WHERE id = $1', [id]);
    if (rows.length > 0) {
      log.info({ id, at: rows[0].finished_at }, 'The migration was run before');
      return 0;
    }
    log.info({ id }, 'The migration begins');
    const code = await run(options, AbortSignal.any([stop, lost.signal]));
    if (code !== 0 || lost.signal.aborted) {
      log.error({ id, code }, 'The migration failed');
      return code === 0 ? 1 : code;
    }
    await client.query('INSERT INTO tidegate_migrations (id) VALUES ($1)', [id]);
    log.info({ id }, 'The migration is done');
    return 0;
  } catch (error) {
    // The wait for the lock was ended by ending its connection.
    if (stop.aborted) return KILLED;
    throw error;
  } finally {
    stop.removeEventListener('abort', onStop);
    await client.end().catch(() => {});
  }
}

/** A connection of its own, as soon as the database takes one; undefined when that is not waited for any more. */
async function connected({ current, log, stop }: MigrationOptions): Promise<Client | undefined> {
  for (let attempt = 1; !stop.aborted; attempt += 1) {
    const client = new Client(clientConfig(current));
    try {
      await client.connect();
      return client;
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'Waiting for the database');
      await sleep(retryDelay(attempt), undefined, { signal: stop }).catch(() => {});
    }
  }
  return undefined;
}

async function run(options: MigrationOptions, stop: AbortSignal): Promise<number> {
  if (stop.aborted) return KILLED;
  const [program = '', ...args] = options.command;
  const env = { ...process.env, ...variables(options) };
  const child = spawn(program, args, { stdio: 'inherit', env });
  const onStop = () => void child.kill('SIGTERM');
  stop.addEventListener('abort', onStop, { once: true });
  try {
    return await new Promise((resolve) => {
      child.once('exit', (code) => resolve(code ?? KILLED));
      child.once('error', ({ message }) => {
        options.log.error({ reason: message }, 'The program cannot be run');
        resolve(NOT_FOUND);
      });
    });
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}

/** How programs of Postgres, and those that take a URL, find the database. */
function variables({ current, authorities }: MigrationOptions): Readonly<Record<string, string>> {
  const settings = current();
  const {
    user = '',
    password = '',
    host = '',
    port,
    database,
  } = clientConfig(current) as Record<string, string>;
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const tls = settings.tls ? `?sslmode=verify-full${authorities ? `&sslrootcert=${authorities}` : ''}` : '';
  return {
    PGHOST: host,
    PGPORT: `${port}`,
    PGDATABASE: `${database}`,
    PGUSER: user,
    PGPASSWORD: password,
    // Without TLS neither is set: to Node's driver any mode but `disable` means that there has to be TLS. Public authorities
    // are `system`, since libpq looks for a file of the user's otherwise.
    ...(settings.tls && { PGSSLMODE: 'verify-full', PGSSLROOTCERT: authorities ?? 'system' }),
    DATABASE_URL: `postgresql://${login}@${host}:${port}/${encodeURIComponent(`${database}`)}${tls}`,
  };
}
