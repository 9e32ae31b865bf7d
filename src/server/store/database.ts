import { join } from 'node:path';
import { Client, type ClientConfig, Pool } from 'pg';
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
/** An older connection ends after its query: none is left of a login that has been rotated away for so long. */
const MOST_LIFETIME_SECONDS = 3_600;

/**
 * Postgres over the network. It is connected to when there are queries, each time with the login and the authorities of that
 * moment. Statements are sent without names, so that a pooler by transaction may stand in between.
 *
 * @param current the settings as they are now
 */
export function postgresServer(
  current: () => Settings['postgres'],
  onError: (error: Error) => void,
): Database {
  const { pool: size } = current();
  const pool = new Pool({
    ...clientConfig(current),
    Client: class extends Client {
      constructor(config?: ClientConfig) {
        super({ ...config, ...loginOf(current()) });
      }
    },
    min: size.min,
    max: size.max,
    query_timeout: TIMEOUT_MS,
    maxLifetimeSeconds: MOST_LIFETIME_SECONDS,
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

/** What one connection needs to know, as the settings are now. */
export function clientConfig(current: () => Settings['postgres']): ClientConfig {
  const settings = current();
  return {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    ...loginOf(settings),
    ssl: settings.tls && secured(current),
    application_name: 'tidegate',
    connectionTimeoutMillis: TIMEOUT_MS,
    keepAlive: true,
  };
}

function loginOf({
  login,
  user,
  password = '',
}: Settings['postgres']): Pick<ClientConfig, 'user' | 'password'> {
  if (login === undefined) return { user, password };
  const colon = login.indexOf(':');
  return { user: login.slice(0, colon), password: login.slice(colon + 1) };
}

/** What TLS is checked with; the driver reads it for each connection. */
function secured(current: () => Settings['postgres']) {
  return {
    get ca() {
      return current().tlsCa;
    },
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
