import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dependency } from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from './client.ts';
import { TestApp } from './test-app.ts';

const steps: string[] = [];
let gate = Promise.withResolvers<void>();
let server: TestApp;

const mailer = dependency({
  name: 'mailer',
  scope: 'connection',
  open: ({ background }) => ({
    later: (to: string) => background('mail', () => void steps.push(`mail to ${to}`)),
    log: (text: string) => void steps.push(text),
  }),
  close: () => void steps.push('mailer closes'),
});

beforeAll(async () => {
  server = await TestApp.start((app) => {
    app.http.get('/held', async ({ background }) => {
      background(() => gate.promise);
      background('second', () => void steps.push('work'));
      return { done: true };
    });
    app.http.get('/failing', async (request) => {
      request.background('postman', () => {
        throw new Error('no postman');
      });
      request.background('next', () => void steps.push('next'));
      return { done: true };
    });
    app.http.get('/refused', async (request) => {
      request.background(() => void steps.push('never'));
      throw new Error('the order was not stored');
    });
    app.http.get('/mailer', async (request) => {
      const mail = await request.use(mailer);
      request.background(async () => {
        await sleep(10);
        mail.log('before the mailer closes');
      });
      mail.later('ada');
      return { done: true };
    });
    app.http.get('/slow', async (request) => {
      steps.push('slow begins');
      request.background(() => void steps.push('slow work'));
      await gate.promise;
      return { done: true };
    });
    app.websocket('/socket', async (socket, request) => {
      (await request.use(mailer)).later('grace');
      request.background('postman', async () => {
        throw new Error('no postman');
      });
      await socket.accept();
      for await (const text of socket.texts()) socket.sendText(`${steps.join()} ${text}`);
    });
  });
});
afterAll(() => server.stop());
beforeEach(() => {
  steps.length = 0;
  gate = Promise.withResolvers();
});

const errors = ({ logged }: TestApp) => logged.filter(({ level }) => level === 'error');
const get = (path: string) => fetch(`${server.url}${path}`, { headers: { 'x-request-id': 'request-12345' } });
const metric = async (name: string) =>
  new RegExp(`^${name} (.*)$`, 'm').exec(await (await get('/metrics')).text())?.[1];

describe('GIVEN an HTTP handler with background work', () => {
  it('WHEN it returns THEN the response is sent first, and the work runs in order', async () => {
    const response = await get('/held');
    expect([await response.json(), steps, await metric('tidegate_background_running')]).toEqual([
      { done: true },
      [],
      '2',
    ]);
    gate.resolve();
    await waitFor('the work', () => steps.length > 0 || undefined);
    expect([steps, await metric('tidegate_background_running')]).toEqual([['work'], '0']);
  });

  it('WHEN work throws THEN the response is as it was, the log has the request, and the next one runs', async () => {
    server.logged.splice(0);
    const failed = Number(await metric('tidegate_background_failed_total'));
    expect((await get('/failing')).status).toBe(200);
    await waitFor('the next one', () => steps.includes('next') || undefined);
    expect(errors(server)).toMatchObject([
      {
        msg: 'Background work failed',
        requestId: 'request-12345',
        work: 'postman',
        err: { message: 'no postman' },
      },
    ]);
    expect(Number(await metric('tidegate_background_failed_total'))).toBe(failed + 1);
  });

  it('WHEN the handler throws THEN its work does not run', async () => {
    expect((await get('/refused')).status).toBe(500);
    await get('/failing');
    await waitFor('work of the next request', () => steps.includes('next') || undefined);
    expect(steps).toEqual(['next']);
  });

  it('WHEN a dependency adds work THEN it runs as well, and dependencies close after all of it', async () => {
    await get('/mailer');
    await waitFor('the close', () => steps.includes('mailer closes') || undefined);
    expect(steps).toEqual(['before the mailer closes', 'mail to ada', 'mailer closes']);
  });

  it('WHEN the client goes before the response THEN the work runs all the same', async () => {
    const { hostname, port } = new URL(server.url);
    const client = connect(Number(port), hostname);
    client.write('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await waitFor('the handler', () => steps.length > 0 || undefined);
    client.destroy();
    gate.resolve();
    await waitFor('the work', () => steps.includes('slow work') || undefined);
    expect(steps).toEqual(['slow begins', 'slow work']);
  });
});

describe('GIVEN a WebSocket handler with background work', () => {
  it('WHEN it adds some THEN that runs at once, fails alone, and dependencies close with the connection', async () => {
    server.logged.splice(0);
    const client = await TestClient.connect(`${server.url}/socket`);
    await waitFor('the failure', () => errors(server).length > 0 || undefined);
    client.send('open');
    await waitFor('the echo', () => client.texts.length > 0 || undefined);
    expect(client.texts).toEqual(['mail to grace open']);
    expect(errors(server)).toMatchObject([{ msg: 'Background work failed', work: 'postman' }]);
    await client.close();
    await waitFor('the close', () => steps.includes('mailer closes') || undefined);
  });
});

describe('GIVEN a server that drains with background work', () => {
  async function drained(work: () => unknown, timeoutSeconds: number) {
    const draining = await TestApp.start(
      (app) => app.http.get('/', async ({ background }) => background('slow', work)),
      { drain: { timeoutSeconds } },
    );
    await fetch(draining.url);
    await draining.stop();
    return errors(draining);
  }

  it('WHEN it ends in time THEN the drain has waited for it', async () => {
    const logged = await drained(async () => {
      await sleep(300);
      steps.push('finished');
    }, 5);
    expect([steps, logged]).toEqual([['finished'], []]);
  });

  it('WHEN it does not THEN it is counted and logged, and the drain ends', async () => {
    expect(await drained(() => new Promise(() => {}), 1)).toMatchObject([
      { msg: 'Background work was not finished before the end', work: 1 },
    ]);
  });
});
