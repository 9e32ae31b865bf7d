import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadSettings, type TaskContext, task } from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { redis } from './stores/redis.ts';
import { TestApp } from './test-app.ts';

const PASSWORD = 'a-password-that-no-log-shows';
const input = z.strictObject({ name: z.string() });
let done: string[] = [];
let begun: string[] = [];

beforeEach(() => {
  done = [];
  begun = [];
});

const define = (run: (name: string, context: TaskContext) => Promise<void>) => {
  const work = task({
    name: 'work',
    input,
    concurrency: 1,
    run: async ({ name }, context) => {
      begun.push(name);
      await run(name, context);
      done.push(name);
    },
  });
  return work;
};

describe('GIVEN jobs in a process that drains', () => {
  it('WHEN they end in time THEN all that were due are done', async () => {
    const work = define(async () => void (await sleep(50)));
    const server = await TestApp.start(({ tasks }) => tasks.define(work), { drain: { timeoutSeconds: 5 } });
    for (const name of ['a', 'b', 'c']) await server.app.tasks.enqueue(work, { name });
    await server.stop();
    expect(done).toEqual(['a', 'b', 'c']);
    expect(server.logged.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('WHEN work that ends meanwhile enqueues more THEN that is done as well; afterwards nothing can be', async () => {
    const work = define(async () => {});
    const server = await TestApp.start(
      ({ tasks, http }) => {
        tasks.define(work);
        http.get('/', async ({ background }) => {
          background(async () => {
            await sleep(200);
            await tasks.enqueue(work, { name: 'late' });
          });
        });
      },
      { drain: { timeoutSeconds: 5 } },
    );
    await fetch(server.url);
    await server.stop();
    expect(done).toEqual(['late']);
    await expect(server.app.tasks.enqueue(work, { name: 'too late' })).rejects.toThrow(
      'TG2303 work: The process ends',
    );
  });

  it('WHEN they do not, or are due later, THEN they are counted and logged as lost', async () => {
    const work = define(() => new Promise(() => {}));
    const server = await TestApp.start(({ tasks }) => tasks.define(work), { drain: { timeoutSeconds: 1 } });
    await server.app.tasks.enqueue(work, { name: 'endless' });
    await server.app.tasks.enqueue(work, { name: 'behind it' });
    await server.app.tasks.enqueue(work, { name: 'later' }, { delaySeconds: 3_600 });
    await server.stop();
    expect(begun).toEqual(['endless']);
    expect(server.logged.filter(({ level }) => level !== 'info')).toMatchObject([
      { level: 'warn', msg: 'A task was not done before the end', task: 'work' },
      { level: 'error', msg: 'Jobs were lost at the end', task: 'work', jobs: 3 },
    ]);
  });
});

describe('GIVEN tasks in a Redis that goes away', () => {
  it('WHEN a job is enqueued THEN that fails soon and clearly; once Redis is back jobs run again', async () => {
    const store = await redis(PASSWORD);
    await store.start();
    const work = define(async () => {});
    const hourly = task({
      name: 'hourly',
      input,
      schedule: { cron: '0 * * * *', timezone: 'Europe/Zurich', input: { name: 'the clock' } },
      run: () => {},
    });
    const server = await TestApp.start(
      ({ tasks }) => {
        tasks.define(work);
        tasks.define(hourly);
      },
      { redis: { host: '127.0.0.1', port: store.port, password: PASSWORD } },
    );
    const { tasks } = server.app;
    const scheduled = () =>
      waitFor('the schedule', async () => (await tasks.stats(hourly)).delayed === 1 || undefined);
    try {
      await tasks.enqueue(work, { name: 'before' });
      await waitFor('the job', () => done.includes('before') || undefined);
      await scheduled();
      await store.stop();
      await expect(tasks.enqueue(work, { name: 'lost' })).rejects.toThrow(
        /^TG2303 work: Redis gave no answer: .*\. Try again; with the same id nothing is added twice\.$/,
      );
      expect((await fetch(`${server.url}/metrics`)).status).toBe(200);
      // It has forgotten everything.
      await store.start();
      await scheduled();
      await tasks.enqueue(work, { name: 'after' });
      await waitFor('the job', () => done.includes('after') || undefined, { seconds: 20 });
      expect(done).toEqual(['before', 'after']);
    } finally {
      await server.stop();
      await store.remove();
    }
    expect(JSON.stringify(server.logged)).not.toContain(PASSWORD);
  });
});

describe('GIVEN tasks in a Redis that is away at start, and whose password has changed', () => {
  it('WHEN it comes THEN jobs run, with the password as it is now', async () => {
    const store = await redis(PASSWORD);
    const at = (password: string) => ({ redis: { host: '127.0.0.1', port: store.port, password } });
    const reread = () => loadSettings({ env: {}, overrides: { source: 'the test', settings: at(PASSWORD) } });
    const work = define(async () => {});
    const server = await TestApp.start(({ tasks }) => tasks.define(work), at('the old password'), { reread });
    try {
      await expect(server.app.tasks.enqueue(work, { name: 'too early' })).rejects.toThrow(
        'TG2303 work: Redis gave no answer: it cannot be reached',
      );
      await store.start();
      await waitFor('the job to be added', () => server.app.tasks.enqueue(work, { name: 'now' }));
      await waitFor('the job', () => done.includes('now') || undefined, { seconds: 30 });
    } finally {
      await server.stop();
      await store.remove();
    }
  });
});

describe('GIVEN a schedule that cannot be', () => {
  it('WHEN the application starts THEN it says so', async () => {
    const wrong = (schedule: object) =>
      TestApp.start(({ tasks }) =>
        tasks.define(task({ name: 'wrong', input, schedule: schedule as never, run: () => {} })),
      );
    await expect(wrong({ cron: '61 * * * *', input: { name: 'x' } })).rejects.toThrow(
      /^TG2301 wrong\.schedule: /,
    );
    await expect(wrong({ everySeconds: 0, input: { name: 'x' } })).rejects.toThrow(
      'TG2301 wrong.schedule.everySeconds: It must be 1 or more',
    );
    await expect(wrong({ everySeconds: 5, input: {} })).rejects.toThrow(/^TG2302 wrong\.input\.name: /);
  });
});
