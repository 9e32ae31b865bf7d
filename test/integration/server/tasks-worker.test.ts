import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { ServerProcess } from './server-process.ts';
import { redis } from './stores/redis.ts';
import type { StoreProcess } from './stores/store-process.ts';
import define, { other, work } from './tasks-app.ts';
import { TestApp } from './test-app.ts';

const APP = 'test/integration/server/tasks-app.ts';
const PASSWORD = 'a-password-that-no-log-shows';

let directory: string;
let file: string;
let until: string;
let store: StoreProcess;
/** Enqueues, and runs nothing itself. */
let server: TestApp;
let workers: ServerProcess[] = [];

beforeAll(async () => {
  store = await redis(PASSWORD);
  await store.start();
  server = await TestApp.start(define, {
    redis: { host: '127.0.0.1', port: store.port, password: PASSWORD },
    tasks: { inServer: false },
  });
  await server.app.whenReady();
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidegate-worker-'));
  file = join(directory, 'lines');
  until = join(directory, 'until');
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  expect(workers.filter(({ output }) => output.includes(PASSWORD))).toEqual([]);
  workers = [];
  rmSync(directory, { recursive: true, force: true });
});
afterAll(async () => {
  await server.stop();
  await store.remove();
});

async function start(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
  const worker = await ServerProcess.start(['worker', APP, ...args], {
    TIDEGATE_REDIS_HOST: '127.0.0.1',
    TIDEGATE_REDIS_PORT: String(store.port),
    TIDEGATE_REDIS_PASSWORD: PASSWORD,
    ...env,
  });
  workers.push(worker);
  return worker;
}
const ready = async (args: readonly string[] = []) => (await start(args)).whenReady();

interface Line {
  readonly what: 'begin' | 'end';
  readonly name: string;
  readonly pid: number;
  readonly attempt: number;
}
function lines(): readonly Line[] {
  if (!existsSync(file)) return [];
  const texts = readFileSync(file, 'utf8').trim().split('\n');
  return texts.map((text) => {
    const [what, name = '', pid, attempt] = text.split(' ');
    return { what: what as Line['what'], name, pid: Number(pid), attempt: Number(attempt) };
  });
}
const seen = (what: Line['what'], name: string, count = 1) =>
  waitFor(
    `${what} of ${name}`,
    () => {
      const found = lines().filter((line) => line.what === what && line.name === name);
      return found.length >= count ? found : undefined;
    },
    { seconds: 40, everyMilliseconds: 20 },
  );
const add = (name: string, more: object = {}) => server.app.tasks.enqueue(work, { name, file, ...more });
const empty = () =>
  waitFor('the queue to be empty', async () => {
    const { waiting, active, delayed, dead } = await server.app.tasks.stats(work);
    return waiting + active + delayed + dead === 0 || undefined;
  });
const messages = ({ output }: ServerProcess) =>
  output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).msg);

describe('GIVEN a worker that is killed in the middle of a job', () => {
  it('WHEN another worker is there THEN it does the job, and nothing is lost', async () => {
    const both = await Promise.all([ready(), ready()]);
    await add('killed', { until });
    const [begun] = await seen('begin', 'killed');
    const [victim, heir] = both.toSorted((a) => (a.child.pid === begun?.pid ? -1 : 1));
    victim?.child.kill('SIGKILL');
    const again = await seen('begin', 'killed', 2);
    expect(again.map(({ pid, attempt }) => [pid, attempt])).toEqual([
      [victim?.child.pid, 1],
      [heir?.child.pid, 1],
    ]);
    writeFileSync(until, '');
    expect(await seen('end', 'killed')).toEqual([
      { what: 'end', name: 'killed', pid: heir?.child.pid, attempt: 1 },
    ]);
    await empty();
  });
});

describe('GIVEN two workers', () => {
  it('WHEN there are many jobs THEN both work, and no job runs twice', async () => {
    const both = await Promise.all([ready(['--concurrency', '2']), ready(['--concurrency', '2'])]);
    const names = Array.from({ length: 40 }, (_, index) => `job-${index}`);
    const held = await Promise.all(names.slice(0, 4).map((name) => add(name, { until })));
    await waitFor('all hands to be busy', () => lines().length === 4 || undefined);
    expect([held.length, new Set(lines().map(({ pid }) => pid)).size]).toEqual([4, 2]);
    await Promise.all(names.slice(4).map((name) => add(name)));
    expect(await server.app.tasks.stats(work)).toMatchObject({ waiting: 36, active: 4 });
    writeFileSync(until, '');
    await empty();
    for (const what of ['begin', 'end']) {
      const found = lines().filter((line) => line.what === what);
      expect(found.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    }
    expect(new Set(lines().map(({ pid }) => pid))).toEqual(new Set(both.map(({ child }) => child.pid)));
  });
});

describe('GIVEN a worker that is told to stop', () => {
  it('WHEN a job ends in time THEN it is done, no other is taken, and the exit code is 0', async () => {
    const worker = await ready(['--concurrency', '1']);
    await add('in-time', { until });
    await seen('begin', 'in-time');
    worker.child.kill('SIGTERM');
    await waitFor('the drain', () => worker.output.includes('Draining') || undefined);
    await add('for-others');
    writeFileSync(until, '');
    expect(await worker.ended()).toBe(0);
    expect(lines().map(({ what, name }) => `${what} ${name}`)).toEqual(['begin in-time', 'end in-time']);
    const steps = ['Working', 'Stopping', 'Draining', 'Drained'];
    expect(messages(worker).filter((message) => steps.includes(message))).toEqual(steps);
    expect((await server.app.tasks.stats(work)).waiting).toBe(1);
    await ready();
    await seen('end', 'for-others');
    await empty();
  });

  it.each([true, false])(
    'WHEN a job does not (signal heeded: %s) THEN another worker has it at once',
    async (heedsSignal) => {
      const worker = await ready(['--timeout', '1']);
      await add('too-long', { until, heedsSignal });
      await seen('begin', 'too-long');
      await add('next', { until });
      await seen('begin', 'next');
      worker.child.kill('SIGTERM');
      expect(await worker.ended()).toBe(0);
      // What was handed back waits for whoever comes; what a dead process holds would be active until its lock expires.
      expect(await server.app.tasks.stats(work)).toMatchObject({ waiting: 2, active: 0, dead: 0 });
      expect(messages(worker)).toContain('A task was not done before the end');
      writeFileSync(until, '');
      const heir = await ready();
      expect(await seen('end', 'too-long')).toMatchObject([{ pid: heir.child.pid, attempt: 1 }]);
      await empty();
    },
  );
});

describe('GIVEN tidegate worker', () => {
  it('WHEN it is asked for its health THEN it tells that and its metrics, and serves nothing else', async () => {
    const worker = await ready();
    const get = async (path: string) => {
      const response = await fetch(worker.url + path);
      return { status: response.status, text: await response.text() };
    };
    expect((await get('/healthz')).status).toBe(200);
    expect(JSON.parse((await get('/readyz')).text)).toEqual({
      status: 'ready',
      backends: { redis: { status: 'up' } },
      connections: 0,
    });
    const { text } = await get('/metrics');
    expect(text).toContain('\ntidegate_tasks{task="work",state="waiting"} 0\n');
    expect(text).toContain('\ntidegate_task_oldest_waiting_seconds{task="work"} 0\n');
    const nothing = await get('/?token=secret');
    expect([nothing.status, JSON.parse(nothing.text)]).toEqual([
      404,
      { error: 'Not found', code: 404, timestamp: expect.any(String), requestId: expect.any(String) },
    ]);
    expect((await fetch(`${worker.url}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  it('WHEN it is told which tasks THEN it leaves the others alone', async () => {
    await ready(['--tasks', 'other']);
    await add('not-mine');
    await server.app.tasks.enqueue(other, { name: 'mine', file });
    await seen('end', 'mine');
    expect((await server.app.tasks.stats(work)).waiting).toBe(1);
    await ready(['--tasks', 'work, other']);
    await seen('end', 'not-mine');
  });

  it('WHEN it cannot work THEN it says why in a sentence', async () => {
    const failure = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
      const worker = await start(args, env);
      return [await worker.ended(), worker.output.trim()];
    };
    expect(await failure(['--tasks', 'work,unknown'])).toEqual([
      1,
      'tidegate: TG2301 unknown: There is no such task on this application; there are: work, other. Correct the definition of the task.',
    ]);
    expect(await failure([], { TIDEGATE_REDIS_HOST: '' })).toEqual([
      1,
      'tidegate: TG2002 redis.host: A worker takes its tasks from Redis, and none is set. Give the setting by file or environment variable.',
    ]);
  });
});
