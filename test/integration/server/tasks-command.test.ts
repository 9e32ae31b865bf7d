import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GiveUp, task } from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { redis } from './stores/redis.ts';
import type { StoreProcess } from './stores/store-process.ts';
import { TestApp } from './test-app.ts';

const PASSWORD = 'a-password-that-nothing-shows';
/** What is wrong with the world, for jobs to fail of. */
const broken = new Set(['mail', 'report']);
const failing = (name: string) =>
  task({
    name,
    input: z.object({ to: z.string() }),
    run: ({ to }) => {
      if (broken.has(name)) throw new GiveUp(`${name}\n for ${to}`);
    },
  });
const mail = failing('mail');
const report = failing('report');

let store: StoreProcess;
let server: TestApp;

beforeAll(async () => {
  store = await redis(PASSWORD);
  await store.start();
  server = await TestApp.start(
    ({ tasks }) => {
      tasks.define(mail);
      tasks.define(report);
    },
    { redis: { host: '127.0.0.1', port: store.port, password: PASSWORD } },
  );
  await server.app.whenReady();
});
afterAll(async () => {
  await server.stop();
  await store.remove();
});

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tidegate tasks …` beside the server, which goes on meanwhile. */
function tasks(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Answer> {
  const all = {
    PATH: process.env.PATH,
    TIDEGATE_REDIS_HOST: '127.0.0.1',
    TIDEGATE_REDIS_PORT: String(store.port),
    TIDEGATE_REDIS_PASSWORD: PASSWORD,
    ...env,
  };
  return new Promise((resolve) => {
    execFile('node', ['src/cli/main.ts', 'tasks', ...args], { env: all }, (error, stdout, stderr) => {
      expect(stdout + stderr).not.toContain(PASSWORD);
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** Enqueues jobs of a task until all of them are dead. */
async function dead(of: typeof mail, names: readonly string[]): Promise<readonly string[]> {
  const { dead: before } = await server.app.tasks.stats(of);
  const ids: string[] = [];
  for (const to of names) {
    const { id } = await server.app.tasks.enqueue(of, { to });
    ids.push(id);
    await waitFor(`${to} to be dead`, async () =>
      (await server.app.tasks.stats(of)).dead === before + ids.length ? true : undefined,
    );
  }
  return ids;
}
const left = async () => [
  (await server.app.tasks.stats(mail)).dead,
  (await server.app.tasks.stats(report)).dead,
];

describe('GIVEN dead letters of two tasks', () => {
  let ada = '';
  let eve = '';
  let sum = '';

  it('WHEN they are listed THEN the newest is first, and only JSON has the input', async () => {
    [ada = '', eve = ''] = await dead(mail, ['ada', 'eve']);
    [sum = ''] = await dead(report, ['sum']);
    const [text, json, limited, counts] = await Promise.all([
      tasks(['dead']),
      tasks(['dead', '--task', 'mail', '-o', 'json']),
      tasks(['dead', '--limit', '1']),
      tasks(['counts']),
    ]);
    const lines = text.stdout.trim().split('\n');
    expect(lines.map((line) => line.split(/ {2,}/).filter((_, index) => index !== 2))).toEqual([
      ['TASK', 'ID', 'ATTEMPTS', 'ERROR'],
      ['report', sum, '1', 'report for sum'],
      ['mail', eve, '1', 'mail for eve'],
      ['mail', ada, '1', 'mail for ada'],
    ]);
    expect(JSON.parse(json.stdout).dead).toMatchObject([
      { task: 'mail', id: eve, input: { to: 'eve' }, error: 'mail\n for eve', attempts: 1 },
      { task: 'mail', id: ada, input: { to: 'ada' } },
    ]);
    expect([limited.stdout.trim().split('\n').length, limited.stderr]).toEqual([
      2,
      'These are the newest 1 of 3; --limit shows more\n',
    ]);
    expect(counts.stdout).toBe(
      [
        'TASK    WAITING  ACTIVE  DELAYED  DEAD  LONGEST WAIT',
        'mail    0        0       0        2     0 s',
        'report  0        0       0        1     0 s',
        '',
      ].join('\n'),
    );
  });

  it('WHEN some are retried by their ids THEN they run again, and an unknown id is told', async () => {
    broken.delete('mail');
    const { code, stdout, stderr } = await tasks(['retry', ada, 'nobody']);
    expect([code, stdout, stderr]).toEqual([
      1,
      `mail: ${ada} retried\n`,
      'tidegate: TG2304 nobody: No task has such a dead letter. Give an id that tidegate tasks dead lists.\n',
    ]);
    await waitFor('the retried one to be done', async () => ((await left())[0] === 1 ? true : undefined));
    const other = await tasks(['retry', eve, '--task', 'report']);
    expect([other.code, other.stderr]).toEqual([
      1,
      `tidegate: TG2304 ${eve}: report has no such dead letter. Give an id that tidegate tasks dead lists.\n`,
    ]);
  });

  it('WHEN all are retried THEN those that fail again are dead again', async () => {
    const { code, stdout } = await tasks(['retry', '--all']);
    expect([code, stdout]).toEqual([0, 'mail: 1 retried\nreport: 1 retried\n']);
    await waitFor('the runs', async () => ((await left()).join() === '0,1' ? true : undefined));
    expect((await server.app.tasks.dead(report)).map(({ id }) => id)).toEqual([sum]);
  });
});

describe('GIVEN a question that cannot be answered', () => {
  it('WHEN it is asked THEN it says why, and nothing else', async () => {
    const either = 'TG1003 ids: Give ids of dead letters, or --all. ';
    const questions: readonly (readonly [string, readonly string[], NodeJS.ProcessEnv])[] = [
      ['TG2305 post: Redis has no such task; there are: mail, report. ', ['counts', '--task', 'post'], {}],
      [either, ['retry', 'a', '--all'], {}],
      [either, ['retry'], {}],
      [
        'TG2002 redis.host: Without Redis tasks are in the memory of their process. ',
        ['dead'],
        { TIDEGATE_REDIS_HOST: '' },
      ],
      ['"reason":"WRONGPASS"', ['dead'], { TIDEGATE_REDIS_PASSWORD: 'wrong' }],
    ];
    for (const [expected, args, env] of questions) {
      const { code, stdout, stderr } = await tasks(args, env);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(expected);
    }
  });
});
