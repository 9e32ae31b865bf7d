import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from 'pg';
import { TidegateError } from '../../spec/errors.ts';
import type { Settings } from '../../spec/settings.ts';

/** What the store needs of Postgres, be it a server or embedded. */
export interface Database {
  /** Runs statements in one transaction, without parameters. */
  exec(sql: string): Promise<void>;
  query(sql: string, parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 5_000;

/** Postgres over the network. Connecting happens at the first query, and again after every failure. */
export function postgresServer(settings: Settings['postgres'], onError: (error: Error) => void): Database {
  const pool = new Pool({
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    password: settings.password,
    ssl: settings.tls,
    max: settings.poolSize,
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
    query: async (sql, parameters) => (await pool.query(sql, [...parameters])).rows,
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
    query: async (sql, parameters) =>
      (await database.query<Record<string, unknown>>(sql, [...parameters])).rows,
    close: () => database.close(),
  };
}

/** Makes the directory of the embedded database. @throws TidegateError TG2004 when that is impossible */
export function prepareDataDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw TidegateError.of('TG2004', 'dataDirectory', `${directory} cannot be written to (${code})`);
  }
}
