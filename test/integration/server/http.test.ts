import { request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HttpError, type RealtimeApp } from '../../../src/server/index.ts';
import { refusedHandshake } from './client.ts';
import { TestApp } from './test-app.ts';

const TIMESTAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const ID = 'request-0001';
const LARGE = Array.from({ length: 500 }, (_, index) => ({ id: index, text: 'the same again and again' }));

let server: TestApp;

function routes(app: RealtimeApp): void {
  const item = z.object({ name: z.string().min(1), amount: z.number() });
  const schemas = {
    params: z.object({ id: z.coerce.number().int() }),
    querystring: z.object({ limit: z.coerce.number().max(10).default(5) }),
    headers: z.object({ 'x-tenant': z.string() }),
    body: z.object({ items: z.array(item) }),
  };
  app.http.post('/orders/:id', { schema: schemas }, async ({ params, query, body }) => ({
    params,
    query,
    body,
  }));
  app.http.get('/orders/:id', async () => ({ orders: 'none' }));
  app.http.get('/large', async () => LARGE);
  app.http.get('/small', async () => ({ small: true }));
  app.http.get('/fails', async () => {
    throw new Error('password=precious');
  });
  app.http.get('/lies', { schema: { response: { 200: z.object({ id: z.number() }) } } }, async () => {
    return { id: 'precious' } as unknown as { id: number };
  });
  app.http.get('/teapot', async () => {
    throw new HttpError(418, 'No coffee here', { headers: { 'X-Pot': 'tea' }, cause: new Error('precious') });
  });
}

beforeAll(async () => {
  server = await TestApp.start(routes, { http: { bodyBytes: 1_000, hstsSeconds: 3_600 } });
});
afterAll(() => server.stop());

const call = (path: string, init: RequestInit = {}) =>
  fetch(server.url + path, { ...init, headers: { 'X-Request-Id': ID, ...init.headers } });
const post = (body: string, headers: Record<string, string> = {}) =>
  call('/orders/7', {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', 'X-Tenant': 'acme', ...headers },
  });
const errorOf = async (answer: Response) => ({ status: answer.status, ...(await answer.json()) });

describe('GIVEN a request that does not fit the schemas of its route', () => {
  it('WHEN the body is wrong THEN 422 names each field', async () => {
    const answer = await post('{"items":[{"name":"","amount":1},{"name":"x","amount":"2"}]}');
    expect(await errorOf(answer)).toEqual({
      status: 422,
      code: 422,
      error: 'body.items.0.name: Too small: expected string to have >=1 characters',
      timestamp: TIMESTAMP,
      requestId: ID,
      details: [
        { path: 'body.items.0.name', reason: 'Too small: expected string to have >=1 characters' },
        { path: 'body.items.1.amount', reason: 'Invalid input: expected number, received string' },
      ],
    });
  });

  it('WHEN something else is wrong THEN 422 names it as well', async () => {
    const good = '{"items":[]}';
    const headers = { 'Content-Type': 'application/json' };
    const answers = [
      call('/orders/x', { method: 'POST', body: good, headers: { ...headers, 'X-Tenant': 'acme' } }),
      call('/orders/7?limit=11', { method: 'POST', body: good, headers: { ...headers, 'X-Tenant': 'acme' } }),
      call('/orders/7', { method: 'POST', body: good, headers }),
      call('/orders/7', { method: 'POST', body: '[]', headers: { ...headers, 'X-Tenant': 'acme' } }),
    ];
    const bodies = await Promise.all(answers.map(async (answer) => errorOf(await answer)));
    expect(bodies.map(({ status, details }) => [status, details[0].path])).toEqual([
      [422, 'params.id'],
      [422, 'query.limit'],
      [422, 'headers.x-tenant'],
      [422, 'body'],
    ]);
  });

  it('WHEN all of it fits THEN the handler gets the checked values', async () => {
    expect(await (await post('{"items":[{"name":"tea","amount":2}]}')).json()).toEqual({
      params: { id: 7 },
      query: { limit: 5 },
      body: { items: [{ name: 'tea', amount: 2 }] },
    });
  });
});

describe('GIVEN a request that comes to no route', () => {
  it('WHEN its body or its path is wrong THEN the answer has the one form, and repeats nothing of it', async () => {
    const answers = await Promise.all([
      post('{"token":"precious'),
      post('{}', { 'Content-Type': 'text/precious' }),
      post(`"${'x'.repeat(1_000)}"`),
      post('', {}),
      call('/nowhere?token=precious'),
      call('/orders/7?token=precious', { method: 'DELETE' }),
    ]);
    expect(await Promise.all(answers.map(errorOf))).toEqual(
      [
        [400, 'The body is not valid JSON'],
        [415, 'A body of this content type is not understood'],
        [413, 'The body is too large'],
        [400, 'The body is empty, but must be JSON'],
        [404, 'Not found'],
        [405, 'This path has no such method'],
      ].map(([status, error]) => ({ status, code: status, error, timestamp: TIMESTAMP, requestId: ID })),
    );
    expect(answers[5]?.headers.get('allow')).toBe('GET, HEAD, POST');
    expect(new Set(answers.map(({ headers }) => headers.get('x-request-id')))).toEqual(new Set([ID]));
  });

  it('WHEN it cannot be parsed THEN the answer has the one form nevertheless', async () => {
    const raw = (text: string) =>
      new Promise<string>((resolve) => {
        const wire = connectTcp(Number(new URL(server.url).port), '127.0.0.1', () => wire.write(text));
        let answer = '';
        wire.on('data', (part) => {
          answer += part;
        });
        wire.on('close', () => resolve(answer));
      });
    const answers = [
      await raw('GET /%zz?token=precious HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
      await raw('precious\r\n\r\n'),
      await raw(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`),
    ];
    expect(answers.map((answer) => JSON.parse(answer.split('\r\n\r\n')[1] ?? ''))).toEqual(
      [
        [400, 'The URL is not valid'],
        [400, 'Bad Request'],
        [431, 'Request Header Fields Too Large'],
      ].map(([code, error]) => ({ code, error, timestamp: TIMESTAMP, requestId: expect.any(String) })),
    );
    expect(answers.join()).not.toContain('precious');
  });
});

describe('GIVEN a handler that fails', () => {
  it('WHEN it throws what is no answer, or answers what it did not promise, THEN 500 tells nothing of it', async () => {
    const answers = await Promise.all([call('/fails'), call('/lies')]);
    const expected = { status: 500, code: 500, error: 'Internal error', timestamp: TIMESTAMP, requestId: ID };
    expect(await Promise.all(answers.map(errorOf))).toEqual([expected, expected]);
    expect(server.logged.filter(({ msg }) => msg === 'A request failed')).toMatchObject([
      { requestId: ID, err: { message: 'password=precious' } },
      { requestId: ID },
    ]);
  });

  it('WHEN it throws an answer THEN that is it, with its headers and without its cause', async () => {
    const answer = await call('/teapot');
    expect([answer.headers.get('x-pot'), await errorOf(answer)]).toEqual([
      'tea',
      { status: 418, code: 418, error: 'No coffee here', timestamp: TIMESTAMP, requestId: ID },
    ]);
  });
});

describe('GIVEN a client that asks for application/problem+json', () => {
  const accept = { Accept: 'application/problem+json, application/json;q=0.5' };

  it('WHEN something is wrong THEN errors of routes, paths and handshakes have the form of RFC 9457', async () => {
    const answer = await post('{"items":1}', accept);
    expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
      422,
      'application/problem+json; charset=utf-8',
      {
        type: 'about:blank',
        title: 'Unprocessable Entity',
        status: 422,
        detail: 'body.items: Invalid input: expected array, received number',
        timestamp: TIMESTAMP,
        requestId: ID,
        errors: [{ path: 'body.items', reason: 'Invalid input: expected array, received number' }],
      },
    ]);
    const refusal = await refusedHandshake(`${server.url}/nowhere`, { ...accept, 'X-Request-Id': ID });
    expect([refusal.headers['content-type'], refusal.headers['x-request-id'], refusal.body]).toEqual([
      'application/problem+json; charset=utf-8',
      ID,
      {
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        detail: 'There is no WebSocket endpoint at this path',
        timestamp: TIMESTAMP,
        requestId: ID,
      },
    ]);
  });

  it('WHEN it is refused by the client with q=0 THEN the usual form is answered', async () => {
    const answer = await call('/nowhere', { headers: { Accept: 'application/problem+json;q=0, */*' } });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });
});

describe('GIVEN an id that is not safe to log', () => {
  it('WHEN a request brings it along THEN it gets another', async () => {
    const answer = await call('/small', { headers: { 'X-Request-Id': 'x"}' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('GIVEN headers for browsers', () => {
  it('WHEN a response is sent THEN they are there; with HSTS when it is set', async () => {
    const { headers } = await call('/small');
    expect({
      csp: headers.get('content-security-policy'),
      sniff: headers.get('x-content-type-options'),
      frame: headers.get('x-frame-options'),
      referrer: headers.get('referrer-policy'),
      hsts: headers.get('strict-transport-security'),
      powered: headers.get('x-powered-by'),
    }).toEqual({
      csp: "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
      sniff: 'nosniff',
      frame: 'SAMEORIGIN',
      referrer: 'no-referrer',
      hsts: 'max-age=3600',
      powered: null,
    });
  });

  it('WHEN they are switched off THEN there are none', async () => {
    const other = await TestApp.start(routes, { http: { securityHeaders: false } });
    const { headers } = await fetch(`${other.url}/small`);
    await other.stop();
    expect([headers.get('content-security-policy'), headers.get('strict-transport-security')]).toEqual([
      null,
      null,
    ]);
  });
});

describe('GIVEN a client that takes compressed responses', () => {
  /** As it comes over the wire. */
  const raw = (path: string, encodings: string) =>
    new Promise<{ encoding: unknown; vary: unknown; bytes: Buffer }>((resolve, reject) => {
      const sent = httpRequest(server.url + path, { headers: { 'Accept-Encoding': encodings } }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          const { 'content-encoding': encoding, vary } = answer.headers;
          resolve({ encoding, vary, bytes: Buffer.concat(parts) });
        });
      });
      sent.on('error', reject).end();
    });

  it('WHEN a response is large THEN it comes with Brotli, or gzip, and is the same', async () => {
    const [brotli, gzip, plain] = await Promise.all(
      ['br, gzip', 'gzip', 'identity'].map((e) => raw('/large', e)),
    );
    const text = JSON.stringify(LARGE);
    expect([brotli?.encoding, gzip?.encoding, plain?.encoding]).toEqual(['br', 'gzip', undefined]);
    expect(brotliDecompressSync(brotli?.bytes ?? '').toString()).toBe(text);
    expect(gunzipSync(gzip?.bytes ?? '').toString()).toBe(text);
    expect(plain?.bytes.toString()).toBe(text);
    expect(brotli?.bytes.length).toBeLessThan(text.length / 10);
    expect(brotli?.vary).toBe('accept-encoding');
  });

  it('WHEN a response is small THEN it is sent as it is', async () => {
    expect(await raw('/small', 'br, gzip')).toMatchObject({
      encoding: undefined,
      bytes: Buffer.from('{"small":true}'),
    });
  });
});
