import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiClient } from '../../../src/operator/api/api-client.ts';
import { ApiError } from '../../../src/operator/api/api-error.ts';
import { Controller, type Turn } from '../../../src/operator/runtime/controller.ts';
import { Metrics } from '../../../src/operator/runtime/metrics.ts';
import { Reflector } from '../../../src/operator/runtime/reflector.ts';
import { HeldTerm } from '../../../src/operator/runtime/term.ts';
import { TerminalError } from '../../../src/operator/runtime/terminal-error.ts';
import { FakeApiServer, page, stream } from './fake-api-server.ts';

const log = pino({ level: 'silent' });

let server: FakeApiServer;
let client: ApiClient;
let metrics: Metrics;
let watches: Reflector;
let stop: AbortController;
let watching: Promise<void>;

beforeEach(async () => {
  server = await FakeApiServer.start();
  client = new ApiClient(server.config);
  metrics = new Metrics();
  stop = new AbortController();
  const kind = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' };
  watches = new Reflector({ client, kind, log, metrics });
  server.script({ lists: [page(['a', 'b'], '5')], watches: [stream([], 'hold')] });
  watching = watches.run(stop.signal);
});
afterEach(async () => {
  stop.abort();
  await watching;
  client.close();
  await server.close();
});

function controller(reconcile: (turn: Turn) => Promise<undefined>): Controller {
  return new Controller({ name: 'test', watches, owns: [], reconcile, log, metrics });
}
const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: 4_000, interval: 5 });
const term = () => new HeldTerm(performance.now(), 60_000);
const change = (name: string, resourceVersion: string) =>
  watches.store.apply('MODIFIED', { metadata: { name, namespace: 'ns', resourceVersion } });
const depth = async () => (await metrics.queueDepth.get()).values[0]?.value ?? 0;

describe('GIVEN a controller', () => {
  it('WHEN it does not lead THEN nothing waits; and once it does, every object is reconciled', async () => {
    const keys: string[] = [];
    const one = controller(async ({ key }) => void keys.push(key));
    await watches.ready;
    change('a', '6');
    expect(await depth()).toBe(0);
    const led = term();
    const working = one.work(led, stop.signal);
    await eventually(() => expect(keys.sort()).toEqual(['ns/a', 'ns/b']));
    led.end('lease');
    await working;
    change('a', '7');
    expect([await depth(), keys.length]).toEqual([0, 2]);
  });

  it('WHEN an object changes THEN it is reconciled, but not for what was written by ourselves', async () => {
    const keys: string[] = [];
    const one = controller(async ({ key }) => void keys.push(key));
    const working = one.work(term(), stop.signal);
    await eventually(() => expect(keys).toHaveLength(2));
    watches.store.put({ metadata: { name: 'a', namespace: 'ns', resourceVersion: '6' } });
    change('a', '6');
    change('b', '7');
    await eventually(() => expect(keys).toHaveLength(3));
    expect(keys[2]).toBe('ns/b');
    stop.abort();
    await working;
  });

  it('WHEN a reconciliation fails THEN it is tried again, others are not held up, and all is counted', async () => {
    const keys: string[] = [];
    const one = controller(async ({ key }) => {
      keys.push(key);
      if (key === 'ns/a' && keys.length < 4) throw new ApiError(500, {});
      if (keys.length === 4) throw new ApiError(409, { reason: 'Conflict' });
      return undefined;
    });
    const working = one.work(term(), stop.signal);
    await eventually(() => expect(keys).toEqual(['ns/a', 'ns/b', 'ns/a', 'ns/a', 'ns/a']));
    stop.abort();
    await working;
    const { values } = await metrics.reconciles.get();
    expect(Object.fromEntries(values.map(({ labels, value }) => [labels.result, value]))).toEqual({
      success: 2,
      error: 2,
      requeue: 1,
      requeue_after: 0,
    });
  });

  it('WHEN it fails for good, or by a fault of its own THEN the metrics tell which, and only the one is tried again', async () => {
    const keys: string[] = [];
    const one = controller(async ({ key }) => {
      keys.push(key);
      if (key === 'ns/a') throw new TerminalError('refused');
      if (keys.filter((other) => other === 'ns/b').length === 1) throw new TypeError('a fault');
      return undefined;
    });
    const working = one.work(term(), stop.signal);
    await eventually(() => expect(keys).toEqual(['ns/a', 'ns/b', 'ns/b']));
    stop.abort();
    await working;
    const counters = [metrics.reconcileErrors, metrics.terminalErrors, metrics.reconcilePanics];
    const counts = await Promise.all(counters.map(async (one) => (await one.get()).values[0]?.value));
    expect(counts).toEqual([2, 1, 1]);
  });
});
