import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import {
  currentUser,
  database,
  dependency,
  type Exchange,
  HttpError,
  type PathParams,
  settings,
} from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { refusedHandshake, TestClient } from './client.ts';
import { TestApp } from './test-app.ts';

const steps: string[] = [];
const ended: Pick<Exchange, 'kind' | 'path' | 'status' | 'closeCode'>[] = [];
let server: TestApp;

const clock = dependency({
  name: 'clock',
  scope: 'application',
  open: () => {
    steps.push('clock opens');
    return { now: (): number => 42 };
  },
  close: () => void steps.push('clock closes'),
});

const session = dependency({
  name: 'session',
  scope: 'connection',
  open: async ({ use, exchange }) => ({ path: exchange?.path, at: (await use(clock)).now() }),
  close: ({ path }) => void steps.push(`session of ${path} closes`),
});

beforeAll(async () => {
  server = await TestApp.start((app) => {
    app.use({
      name: 'recorder',
      onRequest: ({ headers }) => {
        if (headers['x-banned'] !== undefined)
          throw new HttpError(403, 'Banned', { headers: { 'X-Why': 'rule 7' } });
      },
      onHeaders: ({ id }, headers) => headers.set('X-Request-Id', id),
      onEnd: ({ kind, path, status, closeCode }) => void ended.push({ kind, path, status, closeCode }),
    });
    const schemas = {
      params: z.object({ id: z.coerce.number().int() }),
      query: z.object({ tag: z.array(z.string()), limit: z.coerce.number().max(10).default(5) }),
      headers: z.object({ 'x-tenant': z.string() }),
      cookies: z.object({ theme: z.enum(['light', 'dark']) }),
    };
    app.websocket('/items/:id', schemas, async (socket, { params, query, headers, cookies }) => {
      expectTypeOf(params).toEqualTypeOf<{ id: number }>();
      expectTypeOf(query).toEqualTypeOf<{ tag: string[]; limit: number }>();
      await socket.accept();
      socket.sendJson({ params, query, tenant: headers['x-tenant'], theme: cookies.theme });
    });
    app.websocket('/rooms/:room/seats/:seat', async (socket, { params, query }) => {
      expectTypeOf(params).toEqualTypeOf<{ readonly room: string } & { readonly seat: string }>();
      await socket.accept();
      socket.sendJson({ ...params, ...query });
    });
    app.websocket('/session', async (socket, request) => {
      const both = await Promise.all([request.use(session), request.use(session)]);
      await socket.accept();
      socket.sendJson({ ...both[0], same: both[0] === both[1] });
      await socket.receiveText();
    });
    app.http.get('/session', async (request) => request.use(session));
    app.http.get('/bundled', async (request) => {
      const [row] = await (await request.use(database)).query('SELECT 6 * 7 AS answer');
      return { row, port: (await request.use(settings)).port };
    });
    app.http.get('/me', async (request) => request.use(currentUser));
    app.http.get(
      '/items/:id',
      { schema: { params: z.object({ id: z.coerce.number() }) } },
      async ({ params }) => params,
    );
  });
});
afterAll(() => server.stop());

const url = (path: string) => server.url.replace('http', 'ws') + path;

describe('GIVEN a path with parameters', () => {
  it('WHEN types are derived from it THEN they are its names', () => {
    expectTypeOf<PathParams<'/chat/:room'>['room']>().toEqualTypeOf<string>();
    expectTypeOf<PathParams<'/chat'>>().toEqualTypeOf<unknown>();
  });

  it('WHEN a client connects THEN the handler gets them, and the query by name', async () => {
    const client = await TestClient.connect(url('/rooms/a%20b/seats/7?x=1&x=2'));
    await client.closed;
    expect(client.events).toEqual([{ room: 'a b', seat: '7', x: '1' }]);
  });
});

describe('GIVEN an endpoint with schemas', () => {
  it('WHEN the handshake fits THEN the handler gets the checked values', async () => {
    const headers = { 'X-Tenant': 'acme', Cookie: 'theme=dark; other=1' };
    const client = await TestClient.connect(url('/items/12?tag=a&tag=b'), headers);
    await client.closed;
    expect(client.events).toEqual([
      { params: { id: 12 }, query: { tag: ['a', 'b'], limit: 5 }, tenant: 'acme', theme: 'dark' },
    ]);
  });

  it('WHEN it does not fit THEN it is refused with 422 before the upgrade, naming each parameter', async () => {
    const raw = await refusedHandshake(url('/items/x?tag=a&limit=99'), { Cookie: 'theme=pink' });
    expect(raw.status).toBe(422);
    expect(raw.body.details.map(({ path }) => path)).toEqual([
      'params.id',
      'query.tag',
      'query.limit',
      'headers.x-tenant',
      'cookies.theme',
    ]);
    expect(raw.body).toMatchObject({
      code: 422,
      error: 'params.id: Invalid input: expected number, received NaN',
    });
  });
});

describe('GIVEN middleware', () => {
  it('WHEN it refuses a handshake THEN there is no upgrade, and its headers and the id are in the answer', async () => {
    const raw = await refusedHandshake(url('/session'), { 'X-Banned': '1', 'X-Request-Id': 'request-0001' });
    expect([raw.status, raw.headers['x-why'], raw.headers['x-request-id']]).toEqual([
      403,
      'rule 7',
      'request-0001',
    ]);
    expect(raw.body).toEqual({
      error: 'Banned',
      code: 403,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      requestId: 'request-0001',
    });
  });

  it('WHEN requests and sockets end THEN it is told of each once, with the outcome', async () => {
    ended.splice(0);
    await fetch(`${server.url}/items/7`);
    const client = await TestClient.connect(url('/session'));
    client.socket.close(4000);
    await waitFor('both ends', () => ended.length >= 2 || undefined);
    expect(ended).toEqual([
      { kind: 'http', path: '/items/7', status: 200, closeCode: undefined },
      { kind: 'websocket', path: '/session', status: 101, closeCode: 4000 },
    ]);
  });
});

describe('GIVEN dependencies', () => {
  it('WHEN sockets and requests use them THEN each scope opens its own once, and closes it at its end', async () => {
    steps.splice(0);
    const client = await TestClient.connect(url('/session'));
    await client.waitForCount(1);
    expect(client.events).toEqual([{ path: '/session', at: 42, same: true }]);
    expect(steps).not.toContain('session of /session closes');
    client.send('done');
    await client.closed;
    await waitFor('its end', () => steps.includes('session of /session closes') || undefined);
    expect(await (await fetch(`${server.url}/session`)).json()).toEqual({ path: '/session', at: 42 });
    await waitFor(
      'both ends',
      () => steps.filter((step) => step.startsWith('session')).length === 2 || undefined,
    );
    expect(steps).not.toContain('clock closes');
  });

  it('WHEN a handler asks for the database, the settings or the user THEN they are there, or it is 401', async () => {
    expect(await (await fetch(`${server.url}/bundled`)).json()).toEqual({ row: { answer: 42 }, port: 0 });
    expect((await fetch(`${server.url}/me`)).status).toBe(401);
  });

  it('WHEN a test overrides one THEN whatever depends on it gets the override', async () => {
    const other = await TestApp.start((app) => {
      app.override(clock, { now: () => 7 });
      app.http.get('/session', async (request) => request.use(session));
    });
    expect(await (await fetch(`${other.url}/session`)).json()).toEqual({ path: '/session', at: 7 });
    await other.stop();
  });
});
