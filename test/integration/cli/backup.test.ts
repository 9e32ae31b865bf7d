import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DumpStore } from '../../../src/cli/backup/dump-store.ts';
import { type Manifest, render, restoreJob } from '../../../src/constructs/index.ts';
import { postgresServer } from '../../../src/server/store/database.ts';
import { insertMessages, prepareSchema, recentMessages } from '../../../src/server/store/sql.ts';
import { parse } from '../../../src/spec/index.ts';
import { Settings } from '../../../src/spec/settings.ts';
import { environment } from '../../unit/environment.ts';
import { type PostgresProcess, postgres } from '../server/stores/postgres.ts';
import { type ObjectStoreProcess, objectStore } from './object-store.ts';

const PASSWORD = `it's "quoted" \\ and $long`;
const PROGRAMS = '/usr/lib/postgresql/15/bin';

let store: ObjectStoreProcess;
let database: PostgresProcess;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tidegate-backup-'));
  await writeFile(join(home, 'password'), PASSWORD);
  [store, database] = await Promise.all([objectStore(), postgres(PASSWORD)]);
  await database.start();
});
afterAll(async () => {
  await Promise.all([store.remove(), database.remove()]);
  await rm(home, { recursive: true, force: true });
});

const chat = () =>
  parse(
    environment({
      postgres: {
        standalone: {
          backup: {
            schedule: '15 3 * * *',
            keep: 2,
            s3: {
              bucket: store.bucket,
              endpoint: store.endpoint,
              credentials: {
                accessKeyId: { name: 'store', key: 'id' },
                secretAccessKey: { name: 'store', key: 'key' },
              },
            },
          },
        },
      },
    }),
  );

interface Container {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}
interface PodSpec {
  readonly initContainers: readonly [Container];
  readonly containers: readonly [Container];
}

const podOfCronJob = (): PodSpec => {
  const found = render(chat()).find(({ kind }) => kind === 'CronJob') as Manifest & {
    spec: { jobTemplate: { spec: { template: { spec: PodSpec } } } };
  };
  return found.spec.jobTemplate.spec.template.spec;
};

const podOfRestore = (): PodSpec =>
  (restoreJob(chat()) as Manifest & { spec: { template: { spec: PodSpec } } }).spec.template.spec;

/** Runs a container of a pod as it is rendered: its files are elsewhere here, and so is its database. */
async function run({ command, args = [], env }: Container): Promise<{ code: number; text: string }> {
  const local = (text: string) =>
    text
      .replaceAll('/backup/dump', join(home, 'dump'))
      .replaceAll('/etc/tidegate/secrets/postgres/password', join(home, 'password'));
  const variables = {
    ...Object.fromEntries(env.map(({ name, value = '' }) => [name, value])),
    AWS_ACCESS_KEY_ID: store.accessKeyId,
    AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    PGHOST: '127.0.0.1',
    PGPORT: String(database.port),
    PATH: `${PROGRAMS}:${process.env.PATH}`,
  };
  const [program = '', ...rest] = command ?? [process.execPath, 'src/cli/main.ts'];
  const child = spawn(program, [...rest, ...args].map(local), { env: variables });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const code = await new Promise<number>((resolve) => child.once('close', resolve));
  return { code, text };
}

/** Runs all containers of a pod, one after the other. */
async function runPod({ initContainers: [first], containers: [last] }: PodSpec): Promise<string> {
  const outcomes = [await run(first), await run(last)];
  expect(outcomes.map(({ code, text }) => (code === 0 ? 0 : text))).toEqual([0, 0]);
  return outcomes.map(({ text }) => text).join('');
}

const dumps = (more: Partial<ConstructorParameters<typeof DumpStore>[0]> = {}) =>
  new DumpStore({ ...store, region: 'us-east-1', prefix: 'test', ...more });

describe('GIVEN a database with messages, and an object store', () => {
  it('WHEN it is dumped, wiped and restored by what is rendered THEN every message is there as before', async () => {
    const { postgres: settings } = Settings.parse({
      postgres: { host: '127.0.0.1', port: database.port, password: PASSWORD },
    });
    const connection = postgresServer(
      () => settings,
      () => {},
    );
    await prepareSchema(connection);
    const messages = Array.from({ length: 1_000 }, (_, index) => ({
      id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      room: 'lobby',
      user: 'ada',
      text: `№ ${index} 'quoted' \\ \n`,
      at: new Date(1_700_000_000_000 + index),
    }));
    await insertMessages(connection, messages);

    expect(await runPod(podOfCronJob())).toMatch(/^uploaded chat-test\/chat\/\d{8}T\d{6}Z\.dump\n$/);
    await connection.exec('DELETE FROM tidegate_messages WHERE position % 2 = 0; CREATE TABLE later (x int)');
    await rm(join(home, 'dump'));
    await runPod(podOfRestore());

    expect(await recentMessages(connection, 'lobby', 2_000)).toEqual(messages);
    // The column that numbers messages goes on where it was.
    const [last] = messages.slice(-1).map((one) => ({ ...one, id: '00000000-0000-4000-8000-999999999999' }));
    if (last !== undefined) await insertMessages(connection, [last]);
    expect(await recentMessages(connection, 'lobby', 1)).toEqual([last]);
    await connection.close();
  });

  it('WHEN the database refuses THEN the Job fails, and nothing is uploaded in its place', async () => {
    await writeFile(join(home, 'password'), 'wrong');
    const { code, text } = await run(podOfCronJob().initContainers[0]);
    await writeFile(join(home, 'password'), PASSWORD);
    expect(code).toBe(1);
    expect(text).toContain('password authentication failed');
  });
});

describe('GIVEN dumps of several days', () => {
  const at = (day: number) => new Date(Date.UTC(2026, 0, day, 3, 15));

  it('WHEN there are more than are kept THEN the oldest go, and what others keep stays', async () => {
    const file = join(home, 'small');
    await writeFile(file, 'dump');
    await dumps({ prefix: 'test/other' }).upload(file, at(1));
    for (const day of [1, 2, 3, 4]) await dumps().upload(file, at(day));
    expect(await dumps().prune(2)).toEqual([
      'test/20260102T031500Z.dump.sha256',
      'test/20260102T031500Z.dump',
      'test/20260101T031500Z.dump.sha256',
      'test/20260101T031500Z.dump',
    ]);
    expect(await dumps().list()).toEqual(['test/20260104T031500Z.dump', 'test/20260103T031500Z.dump']);
    expect(await dumps({ prefix: 'test/other' }).list()).toEqual(['test/other/20260101T031500Z.dump']);
  });

  it('WHEN one is larger than a part THEN it comes back byte by byte, for its owner alone', async () => {
    const [file, copy] = [join(home, 'large'), join(home, 'copy')];
    const content = randomBytes(12 * 1024 ** 2 + 1);
    await writeFile(file, content);
    const key = await dumps({ prefix: 'large', partBytes: 5 * 1024 ** 2 }).upload(file, at(1));
    await dumps({ prefix: 'large' }).download(basename(key), copy);
    expect((await readFile(copy)).equals(content)).toBe(true);
    expect((await stat(copy)).mode & 0o777).toBe(0o600);
  });

  it('WHEN one was changed in the bucket THEN it is not taken for a dump', async () => {
    const file = join(home, 'changed');
    await writeFile(file, 'dump');
    const key = await dumps({ prefix: 'changed' }).upload(file, at(1));
    await writeFile(store.fileOf(key), 'damp');
    await rm(file);
    await expect(dumps({ prefix: 'changed' }).download(undefined, file)).rejects.toThrow(
      `TG1465 ${store.bucket}/${key}: Its checksum is another`,
    );
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['none is there', { prefix: 'none' }, /^TG1464 backups\/none: There is no dump\./],
    ['the key is wrong', { secretAccessKey: 'wrong' }, /^TG1463 .*SignatureDoesNotMatch\./],
    ['there is no such bucket', { bucket: 'nowhere' }, /^TG1463 .*NoSuchBucket\./],
    ['nothing answers', { endpoint: 'http://127.0.0.1:1' }, /^TG1463 .*http:\/\/127\.0\.0\.1:1: /],
  ])('WHEN %s THEN an error says so, without the key', async (_, options, expected) => {
    const error = await dumps(options)
      .download(undefined, join(home, 'never'))
      .catch((reason: Error) => reason.message);
    expect(error).toMatch(expected);
    expect(error).not.toContain(store.secretAccessKey);
  });
});
