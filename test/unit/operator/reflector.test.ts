import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiClient } from '../../../src/operator/api/api-client.ts';
import { Metrics } from '../../../src/operator/runtime/metrics.ts';
import { Reflector, type ReflectorOptions } from '../../../src/operator/runtime/reflector.ts';
import { type Answer, event, FakeApiServer, json, page, refusal, stream } from './fake-api-server.ts';

const KIND = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' };
const HOLD = stream([], 'hold');

let server: FakeApiServer;
let client: ApiClient;
let stop: AbortController;
let running: Promise<void>;
let reflector: Reflector;

beforeEach(async () => {
  server = await FakeApiServer.start();
  client = new ApiClient(server.config);
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await running;
  client.close();
  await server.close();
});

function run(options: Partial<ReflectorOptions> = {}): void {
  reflector = new Reflector({
    client,
    kind: KIND,
    log: pino({ level: 'silent' }),
    metrics: new Metrics(),
    ...options,
    timing: { backoffMs: { base: 5, cap: 50 }, absentMs: 20, ...options.timing },
  });
  running = reflector.run(stop.signal);
}

/** On a busy machine even a little takes its time. */
const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: 4_000, interval: 10 });
const names = () => [...reflector.store.values()].map(({ metadata }) => metadata.name).sort();
const until = (...expected: readonly string[]) => eventually(() => expect(names()).toEqual(expected));
const versions = () => server.watches.map(({ searchParams }) => searchParams.get('resourceVersion'));

describe('GIVEN a reflector', () => {
  it('WHEN the list has pages THEN it reads them all before it is synced, and watches from the last', async () => {
    server.script({ lists: [page(['a', 'b'], '5', 'next'), page(['c'], '5')], watches: [HOLD] });
    run({ labelSelector: 'x=y' });
    await reflector.ready;
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(server.lists.map(({ searchParams }) => searchParams.get('continue'))).toEqual([null, 'next']);
    await eventually(() => expect(versions()).toEqual(['5']));
    const [{ searchParams }] = server.watches as [URL];
    expect(searchParams.get('labelSelector')).toBe('x=y');
    expect(searchParams.get('allowWatchBookmarks')).toBe('true');
    expect(Number(searchParams.get('timeoutSeconds'))).toBeLessThanOrEqual(30);
  });

  it('WHEN a watch ends or breaks THEN the next resumes where it was, and bookmarks count', async () => {
    server.script({
      lists: [page(['a'], '1')],
      watches: [
        stream([event('ADDED', 'b', '2'), event('BOOKMARK', '', '7')], 'end'),
        stream([event('DELETED', 'a', '8')], 'cut'),
        stream([event('MODIFIED', 'b', '9')], 'hold'),
      ],
    });
    run();
    await eventually(() => expect(reflector.store.get('ns/b')?.metadata.resourceVersion).toBe('9'));
    expect(names()).toEqual(['b']);
    expect(versions()).toEqual(['1', '7', '8']);
    expect(server.lists).toHaveLength(1);
  });

  it.each([
    ['as an answer', refusal(410)],
    [
      'as an event',
      stream([`${JSON.stringify({ type: 'ERROR', object: { code: 410, message: 'too old' } })}\n`], 'end'),
    ],
  ])(
    'WHEN the version is too old, %s THEN it lists again, and what is gone leaves the cache',
    async (_how, gone) => {
      server.script({ lists: [page(['a', 'b'], '1'), page(['b'], '20')], watches: [gone, HOLD] });
      run();
      await until('b');
      await eventually(() => expect(versions()).toEqual(['1', '20']));
    },
  );

  it.each([
    ['500', refusal(500)],
    [
      'a proxy’s page',
      (response: Parameters<ReturnType<typeof json>>[0]) => response.writeHead(502).end('<html>'),
    ],
    ['a broken connection', stream(['{"type":'], 'cut')],
    ['half a line', stream(['{"type":"ADDED","obj'], 'end')],
    ['no JSON', stream(['nonsense\n'], 'end')],
    ['403', refusal(403)],
  ])('WHEN lists and watches fail with %s THEN it goes on', async (_what, failure) => {
    server.script({
      lists: [failure, failure, page(['a'], '1'), page(['a', 'b'], '2')],
      watches: [failure, failure, stream([event('ADDED', 'b', '2')], 'hold')],
    });
    run();
    await until('a', 'b');
  });

  it('WHEN watches end as soon as they begin THEN it slows down', async () => {
    server.script({ lists: [page([], '1')], watches: [stream([], 'end')] });
    run({ timing: { backoffMs: { base: 40, cap: 10_000 } } });
    await eventually(() => expect(server.watches).toHaveLength(3));
    const started = performance.now();
    await eventually(() => expect(server.watches).toHaveLength(4));
    // After three failures it waits for at least half of 160 ms.
    expect(performance.now() - started).toBeGreaterThan(60);
  });

  it('WHEN the server asks for time THEN it waits that long, but no longer than the cap', async () => {
    server.script({ lists: [refusal(429, { 'retry-after': '3600' }), page(['a'], '1')], watches: [HOLD] });
    const started = performance.now();
    run({ timing: { backoffMs: { base: 1, cap: 10 }, mostAskedMs: 300 } });
    await until('a');
    expect(performance.now() - started).toBeGreaterThanOrEqual(295);
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('WHEN a connection falls silent THEN it is given up, and the watch resumes', async () => {
    server.script({
      lists: [page(['a'], '1')],
      watches: [stream([event('ADDED', 'b', '2')], 'hold'), stream([event('ADDED', 'c', '3')], 'hold')],
    });
    run({ timing: { deadlineMs: 100 } });
    await until('a', 'b', 'c');
    expect(versions().slice(0, 2)).toEqual(['1', '2']);
  });

  it('WHEN a list or a watch trickles without an end THEN it is given up', async () => {
    const trickle: Answer = (response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    };
    server.script({
      lists: [trickle, page(['a'], '1')],
      watches: [trickle, stream([event('ADDED', 'b', '2')], 'hold')],
    });
    run({ timing: { deadlineMs: 100 } });
    await until('a', 'b');
    expect(versions().slice(0, 2)).toEqual(['1', '1']);
  });

  it('WHEN a watch cannot be read at one version, whatever is tried THEN it begins afresh with a list', async () => {
    server.script({
      lists: [page(['a'], '1'), page(['a', 'b'], '9')],
      watches: [...Array.from({ length: 5 }, () => stream(['{"type":}\n'], 'hold')), HOLD],
    });
    run();
    await until('a', 'b');
    await eventually(() => expect(versions()).toEqual(['1', '1', '1', '1', '1', '9']));
  });

  it('WHEN a connection is silent from the first byte THEN there is no progress, though it reconnects', async () => {
    server.script({ lists: [page([], '1')], watches: [HOLD] });
    run({ timing: { deadlineMs: 30 } });
    await eventually(() => expect(server.watches.length).toBeGreaterThan(3));
    expect(reflector.stalledMs).toBeGreaterThan(80);
  });

  it('WHEN the kind is not served THEN it is synced without, and takes it up once it is', async () => {
    let appeared = 0;
    server.script({ lists: [refusal(404), refusal(404), page(['a'], '1')], watches: [HOLD] });
    run({ onServed: () => (appeared += 1) });
    await reflector.ready;
    expect(reflector.served).toBe(false);
    await until('a');
    expect(reflector.served).toBe(true);
    expect(appeared).toBe(1);
  });

  it('WHEN the kind goes away THEN its objects leave the cache', async () => {
    server.script({ lists: [page(['a'], '1'), refusal(404)], watches: [refusal(404)] });
    run();
    await eventually(() => expect(reflector.served).toBe(false));
    expect(names()).toEqual([]);
  });

  it('WHEN metadata is enough THEN no more is asked for, and an empty list may be null', async () => {
    server.script({
      lists: [json(200, { metadata: { resourceVersion: '1' }, items: null })],
      watches: [stream([event('ADDED', 'a', '2')], 'hold')],
    });
    run({ metadataOnly: true });
    await until('a');
    expect(reflector.store.get('ns/a')?.kind).toBe('ConfigMap');
  });

  it('WHEN it is stopped in the middle of a watch THEN it ends', async () => {
    server.script({ lists: [page([], '1')], watches: [HOLD] });
    run();
    await eventually(() => expect(server.watches).toHaveLength(1));
    stop.abort();
    await running;
  });
});
