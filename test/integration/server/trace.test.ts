import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/server/index.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { TestClient } from './client.ts';
import { TestApp } from './test-app.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const SECRET = 'not-for-the-log';
const headers = {
  traceparent: `00-${TRACE}-${SPAN}-01`,
  tracestate: 'vendor=one',
  cookie: `session=${SECRET}`,
};

let server: TestApp;
let text = '';
const write = (line: string) => {
  text += line;
};

/** The lines of the log since the last time. */
function lines(): readonly Record<string, string>[] {
  const all = text.split('\n').filter((line) => line !== '');
  text = '';
  return all.map((line) => JSON.parse(line));
}

beforeAll(async () => {
  const log = createLogger('info', { write });
  const define = (app: TestApp['app']) => {
    app.http.get('/work', async ({ exchange, headers: given, trace }) => {
      exchange.log.info({ cookie: given.cookie, request: { token: SECRET } }, 'Working');
      return trace;
    });
    app.websocket('/work', async (socket, { log: ownLog, headers: given, trace }) => {
      await socket.accept();
      ownLog.info({ cookie: given.cookie, request: { token: SECRET } }, 'Working');
      socket.sendText(JSON.stringify(trace));
      for await (const _ of socket.texts()) throw new Error('No such thing');
    });
  };
  server = await TestApp.start(define, { logging: { access: true } }, { log });
  await server.app.whenReady();
});
afterAll(() => server.stop());

const masked = { cookie: '[redacted]', request: { token: '[redacted]' } };

describe('GIVEN a caller with a trace', () => {
  it('WHEN it sends a request THEN its lines and what is passed on are of that trace', async () => {
    lines();
    const response = await fetch(`${server.url}/work?session=${SECRET}`, { headers });
    const trace = (await response.json()) as Record<string, string>;
    expect(trace).toMatchObject({ traceId: TRACE, tracestate: 'vendor=one' });
    expect(trace.traceparent).toBe(`00-${TRACE}-${trace.spanId}-01`);
    await waitFor('its end', () => text.includes('A request ended') || undefined);
    const logged = text;
    const fields = { trace_id: TRACE, span_id: trace.spanId, trace_flags: '01' };
    expect(lines()).toMatchObject([
      { msg: 'Working', ...fields, ...masked },
      { msg: 'A request ended', ...fields, requestId: response.headers.get('x-request-id') },
    ]);
    expect(logged).not.toContain(SECRET);
  });

  it('WHEN it opens a WebSocket THEN all lines of the connection are of that trace', async () => {
    lines();
    const client = await TestClient.connect(`${server.url}/work?session=${SECRET}`, headers);
    await client.waitForCount(1);
    client.send('fail');
    await client.closed;
    await waitFor('its end', () => text.includes('A WebSocket ended') || undefined);
    const { spanId } = JSON.parse(client.texts[0] ?? '') as { spanId: string };
    const logged = text;
    const fields = { trace_id: TRACE, span_id: spanId, trace_flags: '01' };
    expect(lines()).toMatchObject([
      { msg: 'Working', ...fields, ...masked },
      { msg: 'A handler failed', ...fields },
      { msg: 'A WebSocket ended', ...fields },
    ]);
    expect(spanId).not.toBe(SPAN);
    expect(logged).not.toContain(SECRET);
  });
});

describe('GIVEN callers without a trace', () => {
  it('WHEN they send requests THEN each has a trace of its own', async () => {
    lines();
    const ask = async () => (await (await fetch(`${server.url}/work`)).json()) as { traceId: string };
    const [one, two] = [await ask(), await ask()];
    const working = lines().filter(({ msg }) => msg === 'Working');
    expect(working.map(({ trace_id }) => trace_id)).toEqual([one.traceId, two.traceId]);
    expect(one.traceId).not.toBe(two.traceId);
  });
});
