import { join } from 'node:path';
import { Pool } from 'pg';
import type { Settings } from '../../spec/settings.ts';

/** What the store needs of Postgres, be it a server or embedded. */
export interface Database {
  /** Runs statements in one transaction, without parameters. */
  exec(sql: string): Promise<void>;
  /** Runs one statement; `$1` in it is the first parameter. */
  query(sql: string, parameters?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 5_000;

/** Postgres over the network. It is connected to when there are queries, each time with the password of that moment. */
export function postgresServer(
  settings: Settings['postgres'],
  password: () => string | undefined,
  onError: (error: Error) => void,
): Database {
  const pool = new Pool({
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    password: () => password() ?? '',
    ssl: settings.tls,
    min: settings.pool.min,
    max: settings.pool.max,
    application_name: 'tidegate',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    keepAlive: true,
  });
  pool.on('error', onError);
  return {
    exec: async (sql) => {
      await pool.query(sql);
    },
    query: async (sql, parameters = []) => (await pool.query(sql, [...parameters])).rows,
    close: () => pool.end(),
  };
}

/** Postgres inside this process, for one replica and for development. */
export async function embeddedPostgres(dataDirectory: string): Promise<Database> {
  const { PGlite } = await import('@electric-sql/pglite');
  const database = await PGlite.create(join(dataDirectory, 'postgres'));
  return {
    exec: async (sql) => {
      await database.exec(sql);
    },
    query: async (sql, parameters = []) =>
      (await database.query<Record<string, unknown>>(sql, [...parameters])).rows,
    close: () => database.close(),
  };
}
