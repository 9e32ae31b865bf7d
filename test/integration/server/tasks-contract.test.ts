import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dependency, GiveUp, type TaskContext, task } from '../../../src/server/index.ts';
import type { TidegateError } from '../../../src/spec/errors.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { cluster, oneRedis, type RedisKind, type RunningRedis, sentinels } from './stores/redis-kinds.ts';
import { TestApp } from './test-app.ts';

const PASSWORD = 'a-password-that-no-log-shows';
const input = z.strictObject({ to: z.string().min(1), text: z.string().optional() });
const backoff = { firstSeconds: 0.2, mostSeconds: 0.3, jitter: 0 };

interface Run {
  readonly to: string;
  readonly id: string;
  readonly attempt: number;
  readonly attempts: number;
  readonly at: number;
}
let runs: Run[] = [];
let ticks: number[] = [];
let closed: string[] = [];
let gate = Promise.withResolvers<void>();
let atOnce = 0;
let mostAtOnce = 0;

const note = (to: string, { id, attempt, attempts }: TaskContext) =>
  void runs.push({ to, id, attempt, attempts, at: Date.now() });
const postman = dependency({
  name: 'postman',
  scope: 'request',
  open: () => ({ name: 'Pat' }),
  close: ({ name }) => void closed.push(name),
});

const mail = task({
  name: 'mail',
  input: input.extend({ count: z.coerce.number().default(7) }),
  run: async ({ to, count }, context) => {
    const { name } = await context.use(postman);
    note(`${to} ${count} by ${name}, ${closed.length} closed`, context);
  },
});
const failing = task({
  name: 'failing',
  input,
  backoff,
  run: ({ to }, context) => {
    note(to, context);
    if (to === 'nobody') throw new GiveUp('There is no such address');
    throw new Error(`attempt ${context.attempt} failed`);
  },
});
const recovering = task({
  name: 'recovering',
  input,
  backoff,
  run: ({ to }, context) => {
    note(to, context);
    if (context.attempt < 2) throw new Error('not yet');
  },
});
const oneByOne = task({
  name: 'one-by-one',
  input,
  concurrency: 1,
  run: async ({ to }, context) => {
    await gate.promise;
    note(to, context);
  },
});
const counted = task({
  name: 'counted',
  input,
  concurrency: 3,
  run: async (_, context) => {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    await new Promise((resolve) => setTimeout(resolve, 20));
    atOnce -= 1;
    note('', context);
  },
});
const slow = task({
  name: 'slow',
  input,
  attempts: 1,
  timeoutSeconds: 0.2,
  run: async ({ to }, context) => {
    context.signal.addEventListener('abort', () => note(`${to} aborted`, context));
    await new Promise(() => {});
  },
});
const every = task({
  name: 'every-second',
  input,
  schedule: { everySeconds: 1, input: { to: 'the clock' } },
  run: () => void ticks.push(Math.floor(Date.now() / 1_000)),
});

const stores: readonly (RedisKind | { readonly kind: string; readonly start?: never })[] = [
  { kind: 'this process' },
  oneRedis,
  sentinels,
  cluster,
];

describe.each(stores)('GIVEN tasks in $kind', ({ start }) => {
  let server: TestApp;
  let store: RunningRedis | undefined;

  beforeAll(async () => {
    store = await start?.(PASSWORD);
    const settings = { tasks: { keepFailed: 2 }, ...(store !== undefined && { redis: store.settings }) };
    server = await TestApp.start(({ tasks }) => {
      for (const each of [mail, failing, recovering, oneByOne, counted, slow, every]) tasks.define(each);
    }, settings);
    await server.app.whenReady();
  });
  afterAll(async () => {
    await server.stop();
    await store?.remove();
    const text = JSON.stringify(server.logged);
    expect([text.includes(PASSWORD), text.includes('a private letter')]).toEqual([false, false]);
  });
  beforeEach(() => {
    runs = [];
    closed = [];
    ticks = [];
    gate = Promise.withResolvers();
  });

  const ran = (count: number) =>
    waitFor(`${count} runs`, () => (runs.length >= count ? runs : undefined), {
      seconds: 15,
      everyMilliseconds: 10,
    });
  const metric = async (line: string) =>
    (await (await fetch(`${server.url}/metrics`)).text()).split('\n').find((text) => text.startsWith(line));

  it('WHEN a job is enqueued THEN it runs once, with what its schema makes of the input, and dependencies close', async () => {
    const { id, added } = await server.app.tasks.enqueue(mail, { to: 'ada', text: 'a private letter' });
    const [run] = await ran(1);
    await waitFor('the close', () => closed.length > 0 || undefined);
    expect([added, run]).toEqual([
      true,
      { to: 'ada 7 by Pat, 0 closed', id, attempt: 1, attempts: 3, at: expect.any(Number) },
    ]);
    expect(closed).toEqual(['Pat']);
    await waitFor('the queue to be empty', async () => {
      const { waiting, active } = await server.app.tasks.stats(mail);
      return waiting + active === 0 || undefined;
    });
    expect(await server.app.tasks.stats(mail)).toEqual({
      waiting: 0,
      active: 0,
      delayed: 0,
      dead: 0,
      oldestWaitingSeconds: 0,
    });
    expect(await metric('tidegate_task_seconds_count{task="mail",outcome="done"}')).toMatch(/ 1$/);
  });

  it('WHEN the input does not fit THEN enqueue refuses it with the paths, and nothing is added', async () => {
    const wrong = { to: '', subject: 'a private letter' } as never;
    const error = await server.app.tasks.enqueue(mail, wrong).catch((reason: unknown) => reason);
    expect((error as TidegateError).problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'TG2302 mail.input.to',
      'TG2302 mail.input',
    ]);
    expect((await server.app.tasks.stats(mail)).waiting).toBe(0);
  });

  it('WHEN the first attempt fails THEN it is tried again after the back-off', async () => {
    await server.app.tasks.enqueue(recovering, { to: 'ada' });
    const [first, second] = await ran(2);
    const waited = (second?.at ?? 0) - (first?.at ?? 0);
    expect([first?.attempt, second?.attempt, first?.id === second?.id]).toEqual([1, 2, true]);
    expect(waited).toBeGreaterThanOrEqual(199);
    expect(waited).toBeLessThan(1_500);
    expect((await server.app.tasks.stats(recovering)).dead).toBe(0);
    expect(await metric('tidegate_task_seconds_count{task="recovering",outcome="retried"}')).toMatch(/ 1$/);
  });

  it('WHEN all attempts fail THEN it is a dead letter, which can be retried and removed', async () => {
    const { tasks } = server.app;
    const { id } = await tasks.enqueue(failing, { to: 'ada' });
    await ran(3);
    const dead = () =>
      waitFor('the dead letter', async () => {
        const letters = await tasks.dead(failing);
        return letters.length > 0 ? letters : undefined;
      });
    const date = expect.any(Date);
    const letter = { id, input: { to: 'ada' }, error: 'attempt 3 failed', attempts: 3 };
    expect(await dead()).toEqual([{ ...letter, enqueuedAt: date, failedAt: date }]);
    expect((await tasks.stats(failing)).dead).toBe(1);
    expect(await metric('tidegate_tasks{task="failing",state="dead"}')).toMatch(/ 1$/);

    expect([await tasks.retry(failing, id), await tasks.retry(failing, 'unknown')]).toEqual([true, false]);
    expect((await ran(6)).map(({ attempt }) => attempt)).toEqual([1, 2, 3, 1, 2, 3]);
    await dead();
    expect([await tasks.discard(failing, id), await tasks.discard(failing, id)]).toEqual([true, false]);
    expect((await tasks.stats(failing)).dead).toBe(0);
  });

  it('WHEN it gives up THEN no further attempt is made, and the newest letters are kept', async () => {
    const { tasks } = server.app;
    const ids: string[] = [];
    for (let count = 1; count <= 3; count += 1) {
      ids.unshift((await tasks.enqueue(failing, { to: 'nobody' })).id);
      await ran(count);
      await waitFor('it to be dead', async () => (await tasks.dead(failing))[0]?.id === ids[0] || undefined);
    }
    const letters = await tasks.dead(failing);
    expect(letters.map(({ id, error, attempts }) => ({ id, error, attempts }))).toEqual(
      ids.slice(0, 2).map((id) => ({ id, error: 'There is no such address', attempts: 1 })),
    );
    expect(await tasks.dead(failing, { offset: 1, limit: 5 })).toMatchObject([{ id: ids[1] }]);
    for (const { id } of letters) await tasks.discard(failing, id);
  });

  it('WHEN an attempt takes too long THEN its signal is aborted, and it has failed', async () => {
    await server.app.tasks.enqueue(slow, { to: 'ada' });
    await ran(1);
    const [letter] = await waitFor('the dead letter', async () => {
      const letters = await server.app.tasks.dead(slow);
      return letters.length > 0 ? letters : undefined;
    });
    expect([runs[0]?.to, letter?.error]).toEqual(['ada aborted', 'It took longer than 0.2 s']);
  });

  it('WHEN a job is delayed THEN it waits that long', async () => {
    const before = Date.now();
    await server.app.tasks.enqueue(mail, { to: 'ada' }, { delaySeconds: 0.5 });
    expect((await server.app.tasks.stats(mail)).delayed).toBe(1);
    const [run] = await ran(1);
    expect((run?.at ?? 0) - before).toBeGreaterThanOrEqual(499);
  });

  it('WHEN jobs wait THEN the lower priority number runs first, equals in their order, and their age is told', async () => {
    const { tasks } = server.app;
    await tasks.enqueue(oneByOne, { to: 'blocker' });
    await waitFor('the blocker', async () => (await tasks.stats(oneByOne)).active === 1 || undefined);
    for (const [to, priority] of [
      ['c', 5],
      ['d', 5],
      ['a', 0],
      ['b', 2],
    ] as const) {
      await tasks.enqueue(oneByOne, { to }, { priority });
    }
    const { waiting, oldestWaitingSeconds } = await waitFor('an age', async () => {
      const stats = await tasks.stats(oneByOne);
      return stats.oldestWaitingSeconds > 0 ? stats : undefined;
    });
    expect([waiting, oldestWaitingSeconds < 10]).toEqual([4, true]);
    gate.resolve();
    expect((await ran(5)).map(({ to }) => to)).toEqual(['blocker', 'a', 'b', 'c', 'd']);
  });

  it('WHEN a job with the same id has not ended THEN no other is added; afterwards one is', async () => {
    const { tasks } = server.app;
    const first = await tasks.enqueue(oneByOne, { to: 'once' }, { id: 'order:7' });
    expect(await tasks.enqueue(oneByOne, { to: 'twice' }, { id: 'order:7' })).toEqual({
      id: first.id,
      added: false,
    });
    gate.resolve();
    await ran(1);
    await waitFor('it to be done', async () => (await tasks.stats(oneByOne)).active === 0 || undefined);
    expect((await tasks.enqueue(oneByOne, { to: 'again' }, { id: 'order:7' })).added).toBe(true);
    expect((await ran(2)).map(({ to }) => to)).toEqual(['once', 'again']);
  });

  it('WHEN there are many jobs THEN as many run at once as the task allows', async () => {
    const jobs = Array.from({ length: 12 }, () => server.app.tasks.enqueue(counted, { to: 'x' }));
    await Promise.all(jobs);
    await ran(12);
    expect(mostAtOnce).toBe(3);
    mostAtOnce = 0;
  });

  it('WHEN a task has a schedule THEN it runs again and again, on the second', async () => {
    await waitFor('three runs', () => ticks.length >= 3 || undefined);
    expect(new Set(ticks).size).toBe(ticks.length);
  });

  it('WHEN a task is not on the application, or there twice THEN that is said', async () => {
    const { tasks } = server.app;
    const other = task({ name: 'other', input, run: () => {} });
    await expect(tasks.enqueue(other, { to: 'ada' })).rejects.toThrow(
      'TG2301 other: There is no such task on this application; there are: mail, failing',
    );
    expect(() => tasks.define(mail)).toThrow('TG2301 mail: There is another task of this name');
    expect(() => tasks.define(other)).toThrow('TG2301 other: The application has started already');
  });
});
