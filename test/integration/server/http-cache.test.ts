import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RealtimeApp } from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { type PostgresProcess, postgres } from './stores/postgres.ts';
import { redis } from './stores/redis.ts';
import type { StoreProcess } from './stores/store-process.ts';
import { TestApp } from './test-app.ts';

const PASSWORD = 'the-password-of-the-tests';
const STATEMENT =
  "SELECT sum(calls)::int AS calls FROM pg_stat_statements WHERE query LIKE '%position DESC LIMIT%'";

let database: PostgresProcess;
let store: StoreProcess;
let replicas: readonly TestApp[];
let observer: Redis;
/** How often handlers ran. */
let runs = 0;
/** A path of each test's own: what one leaves behind may arrive in Redis when the next has begun. */
let count = '';
let release = () => {};
let held: Promise<void> | undefined;

function routes(app: RealtimeApp): void {
  const cache = { seconds: 60 };
  app.http.get<{ Params: { room: string } }>('/rooms/:room', { config: { cache } }, async ({ params }) => {
    return (await app.history.page(params.room, 10))?.messages;
  });
  app.http.get('/count', { config: { cache } }, async () => {
    runs += 1;
    await held;
    return { runs };
  });
  const querystring = z.object({ page: z.coerce.number().default(1) });
  app.http.get('/pages', { schema: { querystring }, config: { cache } }, async ({ query }) => {
    runs += 1;
    return { page: query.page, runs };
  });
  app.http.get(
    '/language',
    { config: { cache: { ...cache, vary: ['Accept-Language'] } } },
    async ({ headers }) => {
      runs += 1;
      return { language: headers['accept-language'] ?? null };
    },
  );
  app.http.get(
    '/me',
    { config: { auth: 'optional', cache: { ...cache, private: true } } },
    async ({ user }) => {
      runs += 1;
      return { id: user?.id ?? null };
    },
  );
  app.http.get('/maybe', { config: { auth: 'optional', cache } }, async ({ user }) => {
    runs += 1;
    return { id: user?.id ?? null };
  });
  app.http.get('/fails', { config: { cache } }, async (_, reply) => reply.code(500).send({ runs: ++runs }));
  app.http.get('/cookie', { config: { cache } }, async (_, reply) => {
    reply.header('set-cookie', `session=${++runs}`);
    return {};
  });
  app.http.get('/short', { config: { cache: { seconds: 0.2 } } }, async () => ({ runs: ++runs }));
}

beforeAll(async () => {
  [database, store] = await Promise.all([postgres(PASSWORD), redis(PASSWORD)]);
  await Promise.all([database.start(), store.start()]);
  await database.query("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
  await database.stop();
  await database.start();
  await database.query('CREATE EXTENSION pg_stat_statements');
  const authenticate = ({ headers }: { headers: Record<string, unknown> }) =>
    typeof headers['x-user'] === 'string' ? { id: headers['x-user'], claims: {} } : undefined;
  const settings = {
    redis: { host: '127.0.0.1', port: store.port, password: PASSWORD },
    postgres: { host: '127.0.0.1', port: database.port, password: PASSWORD },
  };
  replicas = await Promise.all([0, 1].map(() => TestApp.start(routes, settings, { authenticate })));
  await Promise.all(replicas.map(({ app }) => app.whenReady()));
  observer = new Redis({ port: store.port, password: PASSWORD });
  observer.on('error', () => {});
});
afterAll(async () => {
  observer.disconnect();
  await Promise.all(replicas.map((replica) => replica.stop()));
  await Promise.all([database.remove(), store.remove()]);
});
beforeEach(async () => {
  runs = 0;
  count = `/count?of=${crypto.randomUUID()}`;
  await observer.flushall();
});

const get = (path: string, headers: Record<string, string> = {}, replica = 0) =>
  fetch(replicas[replica]?.url + path, { headers });
const bodies = async (...answers: readonly Promise<Response>[]) =>
  Promise.all(answers.map(async (answer) => (await answer).json()));
/** How often Redis was asked for a key. */
async function redisGets(): Promise<number> {
  return Number(/cmdstat_get:calls=(\d+)/.exec(await observer.info('commandstats'))?.[1] ?? 0);
}

describe('GIVEN a cached route that reads from Postgres', () => {
  it('WHEN it is read again, on any replica, THEN Redis answers and Postgres is not asked', async () => {
    const { app } = replicas[0] as TestApp;
    app.history.append({
      id: crypto.randomUUID(),
      room: 'a',
      user: 'ada',
      text: 'x'.repeat(5_000),
      at: new Date(),
    });
    await waitFor('the message to be stored', () => (app.history.stored === 1 ? true : undefined));
    const first = await (await get('/rooms/a')).text();
    await waitFor('the entry', async () =>
      (await observer.keys('tidegate:cache:*')).length === 1 ? true : undefined,
    );
    const [{ calls }] = (await database.query(STATEMENT)) as [{ calls: number }];
    const gets = await redisGets();
    const answers = [];
    for (let index = 0; index < 20; index += 1) {
      answers.push(await get('/rooms/a', { 'Accept-Encoding': 'br' }, index % 2));
    }
    expect(new Set(await Promise.all(answers.map((answer) => answer.text())))).toEqual(new Set([first]));
    expect(await database.query(STATEMENT)).toEqual([{ calls }]);
    expect(calls).toBe(1);
    expect((await redisGets()) - gets).toBe(20);
    expect(answers[0]?.headers.get('content-encoding')).toBe('br');
  });
});

describe('GIVEN a response that was cached', () => {
  it('WHEN its tag is sent along THEN 304 without a body, be it strong, weak or one of several', async () => {
    const first = await get(count, { 'Accept-Encoding': 'identity' });
    const etag = first.headers.get('etag') ?? '';
    expect([etag, first.headers.get('cache-control'), first.headers.get('age')]).toEqual([
      expect.stringMatching(/^"[\w-]{27}"$/),
      'public, max-age=60',
      null,
    ]);
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await get(count, { 'If-None-Match': tags });
      expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([304, '', etag]);
    }
    const other = await get(count, { 'If-None-Match': '"other"' });
    expect([other.status, await other.json(), other.headers.get('age')]).toEqual([200, { runs: 1 }, '0']);
  });

  it('WHEN it is compressed THEN its tag is weak, since its bytes are others, and still counts', async () => {
    await get('/rooms/a');
    const answer = await get('/rooms/a', { 'Accept-Encoding': 'gzip' });
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"/);
    expect((await get('/rooms/a', { 'If-None-Match': etag })).status).toBe(304);
  });

  it('WHEN its time is over THEN it is made again', async () => {
    expect(await bodies(get('/short'))).toEqual([{ runs: 1 }]);
    await waitFor('another', async () => ((await (await get('/short')).json()).runs > 1 ? true : undefined));
  });
});

describe('GIVEN many who ask at once for what is not there', () => {
  it('WHEN the first is still being answered THEN one load serves all', async () => {
    held = new Promise((resolve) => {
      release = resolve;
    });
    const answers = Array.from({ length: 30 }, () => get(count));
    await waitFor('the load', () => (runs > 0 ? true : undefined));
    release();
    held = undefined;
    expect(new Set((await bodies(...answers)).map(({ runs: run }) => run))).toEqual(new Set([1]));
  });

  it('WHEN the one that loads goes away THEN another loads', async () => {
    held = new Promise((resolve) => {
      release = resolve;
    });
    const gone = new AbortController();
    const first = fetch(replicas[0]?.url + count, { signal: gone.signal }).catch(() => 'gone');
    await waitFor('the load', () => (runs === 1 ? true : undefined), { seconds: 5 });
    const others = [get(count), get(count)];
    gone.abort();
    await waitFor('the next load', () => (runs === 2 ? true : undefined), { seconds: 5 });
    release();
    held = undefined;
    expect([await first, ...(await bodies(...others))]).toEqual(['gone', { runs: 2 }, { runs: 2 }]);
  });
});

describe('GIVEN requests that differ', () => {
  it('WHEN queries mean the same THEN they are one; when they do not THEN they are two', async () => {
    const paths = ['/pages', '/pages?page=1', '/pages?page=1&utm=x', '/pages?page=2'];
    const answers = [];
    for (const path of paths) answers.push(...(await bodies(get(path))));
    expect(answers).toEqual([
      { page: 1, runs: 1 },
      { page: 1, runs: 1 },
      { page: 1, runs: 1 },
      { page: 2, runs: 2 },
    ]);
  });

  it('WHEN a route varies by a header THEN each value has its own, and caches are told', async () => {
    const answers = [];
    for (const language of ['de', 'fr', 'de'])
      answers.push(await get('/language', { 'Accept-Language': language }));
    expect(await bodies(...answers.map((answer) => Promise.resolve(answer)))).toEqual([
      { language: 'de' },
      { language: 'fr' },
      { language: 'de' },
    ]);
    expect([runs, answers[0]?.headers.get('vary')]).toEqual([2, 'Accept-Language']);
  });
});

describe('GIVEN requests with a proof', () => {
  it('WHEN the route is not private THEN they pass the cache by', async () => {
    const proofs: Record<string, string>[] = [
      { 'X-User': 'ada' },
      { Authorization: 'Basic x' },
      { Cookie: 'session=1' },
    ];
    const answers = [];
    for (const headers of proofs) answers.push(await get('/maybe', headers));
    expect(answers.map(({ headers }) => [headers.get('cache-control'), headers.get('etag')])).toEqual([
      ['no-store', null],
      ['no-store', null],
      ['no-store', null],
    ]);
    expect([runs, await observer.keys('*cache*')]).toEqual([3, []]);
  });

  it('WHEN it is THEN each user has an answer of its own, which no shared cache may keep', async () => {
    const answers = [];
    for (const user of ['ada', 'bob', 'ada']) answers.push(await get('/me', { 'X-User': user }));
    const [first] = answers;
    expect(await bodies(...answers.map((answer) => Promise.resolve(answer)))).toEqual([
      { id: 'ada' },
      { id: 'bob' },
      { id: 'ada' },
    ]);
    expect([runs, first?.headers.get('cache-control')]).toEqual([2, 'private, max-age=60']);
    expect(await bodies(get('/me'))).toEqual([{ id: null }]);
  });
});

describe('GIVEN responses that are not to be shared', () => {
  it('WHEN they are errors or set cookies THEN each request is answered anew', async () => {
    for (const path of ['/fails', '/fails', '/cookie', '/cookie']) await get(path);
    expect([runs, await observer.keys('*cache*')]).toEqual([4, []]);
  });
});

describe('GIVEN a Redis that is away', () => {
  it('WHEN a cached route is asked THEN it answers without a cache, and without an error', async () => {
    await store.stop();
    const answers = [await get(count), await get(count)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await bodies(...answers.map((answer) => Promise.resolve(answer)))).toEqual([
      { runs: 1 },
      { runs: 2 },
    ]);
    await store.start();
    await waitFor('the cache', async () => {
      const [one, two] = [await (await get(count)).json(), await (await get(count)).json()];
      return one.runs === two.runs ? true : undefined;
    });
  });
});

describe('GIVEN no Redis', () => {
  it('WHEN a cached route is asked twice THEN the process remembers', async () => {
    const alone = await TestApp.start(routes);
    const twice = [await fetch(`${alone.url}/count`), await fetch(`${alone.url}/count`)];
    expect(await bodies(...twice.map((answer) => Promise.resolve(answer)))).toEqual([
      { runs: 1 },
      { runs: 1 },
    ]);
    const metrics = await (await fetch(`${alone.url}/metrics`)).text();
    expect(metrics.match(/^tidegate_http_cache_total.*$/gm)).toEqual([
      'tidegate_http_cache_total{result="miss"} 1',
      'tidegate_http_cache_total{result="hit"} 1',
    ]);
    await alone.stop();
  });
});
