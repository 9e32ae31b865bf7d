import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresServer } from '../../../src/server/store/database.ts';
import { Settings } from '../../../src/spec/settings.ts';
import { command } from '../../cluster/command.ts';
import { type PostgresProcess, postgres } from './stores/postgres.ts';

const PASSWORD = 'secret';
let database: PostgresProcess;
let authorities: string;
let file: string;

/** A certificate of its own making, for the host as servers call it. */
async function certificate(home: string): Promise<readonly string[]> {
  const [cert, key] = [join(home, 'cert.pem'), join(home, 'key.pem')];
  await command('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
  ]);
  authorities = await readFile(cert, 'utf8');
  file = cert;
  return ['-cssl=on', `-cssl_cert_file=${cert}`, `-cssl_key_file=${key}`];
}

beforeAll(async () => {
  database = await postgres(PASSWORD, certificate);
  await database.start();
});
afterAll(() => database.remove());

/** What a connection with these settings is told, or why there is none. */
async function ask(settings: Record<string, unknown>): Promise<unknown> {
  const { postgres: parsed } = Settings.parse({
    postgres: { host: 'localhost', port: database.port, password: PASSWORD, tls: true, ...settings },
  });
  const connection = postgresServer(
    () => parsed,
    () => {},
  );
  try {
    const [row] = await connection.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    return row?.ssl;
  } catch (error) {
    return (error as { code?: string }).code;
  } finally {
    await connection.close();
  }
}

describe('GIVEN a Postgres with a certificate that no public authority has signed', () => {
  it('WHEN the server knows its authorities THEN it connects over TLS', async () => {
    expect(await ask({ tlsCa: authorities })).toBe(true);
  });

  it('WHEN it does not THEN it does not connect', async () => {
    expect(await ask({})).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  });

  it('WHEN the certificate is for another name THEN it does not connect', async () => {
    expect(await ask({ tlsCa: authorities, host: '127.0.0.1' })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('WHEN authorities are renewed while it runs THEN the next connection is checked with the new ones', async () => {
    const base = { host: 'localhost', port: database.port, password: PASSWORD, tls: true };
    let { postgres: current } = Settings.parse({ postgres: base });
    const connection = postgresServer(
      () => current,
      () => {},
    );
    await expect(connection.query('SELECT 1')).rejects.toThrow('self-signed certificate');
    current = Settings.parse({ postgres: { ...base, tlsCa: authorities } }).postgres;
    expect(await connection.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await connection.close();
  });
});

describe('GIVEN a migration of a database that is reached over TLS', () => {
  it.each([
    ['authorities of its own', 'TIDEGATE_POSTGRES_TLS_CA_FILE', () => [file, `&sslrootcert=${file}`]],
    ['public ones', 'NODE_EXTRA_CA_CERTS', () => ['system', '']],
  ] as const)(
    'WHEN its certificate is of %s THEN programs of libpq check it with them',
    async (_, name, expected) => {
      const [root, inUrl] = expected();
      const said = 'echo "$PGSSLMODE $PGSSLROOTCERT $DATABASE_URL"';
      const args = ['src/cli/main.ts', 'migrate', '--id', name, '--', 'sh', '-c', said];
      const stdout = execFileSync(process.execPath, args, {
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          [name]: file,
          TIDEGATE_POSTGRES_HOST: 'localhost',
          TIDEGATE_POSTGRES_PORT: String(database.port),
          TIDEGATE_POSTGRES_PASSWORD: PASSWORD,
          TIDEGATE_POSTGRES_TLS: 'true',
        },
      });
      const url = `postgresql://tidegate:${PASSWORD}@localhost:${database.port}/tidegate?sslmode=verify-full${inUrl}`;
      expect(stdout.split('\n')).toContain(`verify-full ${root} ${url}`);
    },
  );
});
