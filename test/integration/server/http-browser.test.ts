import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { TestApp } from './test-app.ts';

let browser: Browser;
/** Where the pages come from; a port makes an origin of its own. */
let friend: TestApp;
let stranger: TestApp;
let server: TestApp;

beforeAll(async () => {
  const page = (app: TestApp['app']) =>
    void app.http.get('/page', async (_, reply) =>
      reply.type('text/html').send('<!doctype html><title>page</title>'),
    );
  const open = { http: { securityHeaders: false } };
  [browser, friend, stranger] = await Promise.all([
    launchBrowser(),
    TestApp.start(page, open),
    TestApp.start(page, open),
  ]);
  server = await TestApp.start(
    (app) => {
      app.http.get('/whoami', async ({ cookies, headers }) => ({
        cookie: cookies.session,
        tenant: headers['x-tenant'],
      }));
      app.http.put('/items/:id', async () => ({ put: true }));
      app.http.get('/full', async (_, reply) => reply.code(429).send({ error: 'full' }));
    },
    {
      cors: {
        origins: [friend.url],
        credentials: true,
        headers: ['X-Tenant'],
        methods: ['GET', 'PUT'],
        maxAgeSeconds: 60,
      },
    },
  );
});
afterAll(async () => {
  await browser.close();
  await Promise.all([friend, stranger, server].map((app) => app.stop()));
});

/** How a page asks. */
type Asked = Pick<RequestInit, 'method' | 'credentials'> & { readonly headers?: Record<string, string> };

async function pageOf(app: TestApp): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${app.url}/page`);
  return page;
}

/** What a page gets: the answer, or that the browser kept it. */
const ask = (page: Page, path: string, init: Asked = {}) =>
  page.evaluate(
    ({ url, given }) =>
      fetch(url, given).then(
        async (answer) => ({
          status: answer.status,
          id: answer.headers.get('x-request-id'),
          body: await answer.json(),
        }),
        () => 'kept from the page',
      ),
    { url: server.url + path, given: init },
  );

describe('GIVEN pages of an allowed and of a refused origin, in a real browser', () => {
  it('WHEN they send what needs a preflight THEN only the allowed one gets through', async () => {
    const put = { method: 'PUT', headers: { 'X-Tenant': 'acme' } };
    const [allowed, refused] = await Promise.all([pageOf(friend), pageOf(stranger)]);
    expect(await ask(allowed, '/items/7', put)).toEqual({
      status: 200,
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      body: { put: true },
    });
    expect(await ask(refused, '/items/7', put)).toBe('kept from the page');
    expect(await ask(refused, '/whoami')).toBe('kept from the page');
  });

  it('WHEN an allowed page uses a header or a method that is not listed THEN the browser refuses', async () => {
    const page = await pageOf(friend);
    expect(await ask(page, '/whoami', { headers: { 'X-Other': '1' } })).toBe('kept from the page');
    expect(await ask(page, '/items/7', { method: 'DELETE' })).toBe('kept from the page');
  });

  it('WHEN an allowed page sends cookies along THEN they arrive, and errors can be read', async () => {
    const page = await pageOf(friend);
    await page.context().addCookies([{ name: 'session', value: 'abc', url: server.url }]);
    const given = { credentials: 'include', headers: { 'X-Tenant': 'acme' } } as const;
    expect(await ask(page, '/whoami', given)).toMatchObject({ body: { cookie: 'abc', tenant: 'acme' } });
    expect(await ask(page, '/full')).toMatchObject({ status: 429, body: { error: 'full' } });
  });

  it('WHEN the preflights are looked at THEN only the allowed one is told what it may do', async () => {
    const preflight = async (origin: string) => {
      const headers = { Origin: origin, 'Access-Control-Request-Method': 'PUT' };
      const answer = await fetch(`${server.url}/items/7`, { method: 'OPTIONS', headers });
      const named = [...answer.headers].filter(([name]) =>
        /^access-control-allow-(origin|cred)|^vary/.test(name),
      );
      return { status: answer.status, ...Object.fromEntries(named) };
    };
    expect(await preflight(friend.url)).toEqual({
      status: 204,
      'access-control-allow-origin': friend.url,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    expect(await preflight(stranger.url)).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('GIVEN the page of the interface, in a real browser', () => {
  it('WHEN it is opened THEN it shows the routes, under a policy that allows nothing from elsewhere', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const answer = await page.goto(`${server.url}/docs`);
    await page.getByText('/items/{id}').first().waitFor();
    expect(complaints).toEqual([]);
    expect(answer?.headers()['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; /);
    await page.close();
  });
});
