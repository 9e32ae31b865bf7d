import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Metrics } from '../../../src/operator/runtime/metrics.ts';
import { WorkQueue } from '../../../src/operator/runtime/work-queue.ts';

const forever = new AbortController().signal;
let queue: WorkQueue;
let metrics: Metrics;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  metrics = new Metrics();
  queue = new WorkQueue({ name: 'test', metrics, backoff: { baseMs: 100, capMs: 1_000 } });
});
afterEach(() => {
  queue.close();
  vi.useRealTimers();
});

describe('GIVEN a work queue', () => {
  it('WHEN a key is added twice THEN it is handed out once', async () => {
    queue.add('a');
    queue.add('b');
    queue.add('a');
    expect(queue.depth).toBe(2);
    expect([await queue.take(forever), await queue.take(forever)]).toEqual(['a', 'b']);
    expect(queue.depth).toBe(0);
  });

  it('WHEN a key is added while it is worked on THEN it comes again after that, not before', async () => {
    queue.add('a');
    await queue.take(forever);
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect(await queue.take(forever)).toBe('b');
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(await queue.take(forever)).toBe('a');
  });

  it('WHEN keys can wait THEN those that cannot pass them, and a key that no longer can does too', async () => {
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key, 'resync');
    queue.add('b', 'report');
    queue.add('new');
    queue.add('c');
    const order = [];
    for (let count = 0; count < 5; count += 1) order.push(await queue.take(forever));
    expect(order).toEqual(['new', 'c', 'b', 'a', 'd']);
  });

  it('WHEN a key is urgent THEN adding it without hurry does not put it back', async () => {
    queue.add('a');
    queue.add('b');
    queue.add('a', 'resync');
    expect(await queue.take(forever)).toBe('a');
  });

  it('WHEN changes do not cease THEN what can wait still gets a turn in eight', async () => {
    queue.add('old', 'resync');
    const order = [];
    for (let count = 0; count < 9; count += 1) {
      queue.add(`new-${count}`);
      order.push(await queue.take(forever));
    }
    expect(order).toEqual([...[0, 1, 2, 3, 4, 5, 6].map((count) => `new-${count}`), 'old', 'new-7']);
  });

  it('WHEN a key that could wait fails THEN it does not pass others later', async () => {
    queue.add('a', 'resync');
    await queue.take(forever);
    queue.addFailed('a');
    queue.done('a');
    vi.advanceTimersByTime(100);
    queue.add('b');
    expect([await queue.take(forever), await queue.take(forever)]).toEqual(['b', 'a']);
  });

  it('WHEN nothing is there THEN a taker waits for it, or for the signal', async () => {
    const stop = new AbortController();
    const [first, second] = [queue.take(forever), queue.take(stop.signal)];
    stop.abort();
    expect(await second).toBeUndefined();
    queue.add('a');
    expect(await first).toBe('a');
    expect(await queue.take(stop.signal)).toBeUndefined();
  });

  it('WHEN a key is added for later THEN the earliest time counts', async () => {
    queue.addAfter('a', 500);
    queue.addAfter('a', 200);
    queue.addAfter('a', 900);
    vi.advanceTimersByTime(199);
    expect(queue.depth).toBe(0);
    vi.advanceTimersByTime(1);
    expect(queue.depth).toBe(1);
    expect(await queue.take(forever)).toBe('a');
    queue.done('a');
    vi.advanceTimersByTime(5_000);
    expect(queue.depth).toBe(0);
  });

  it('WHEN a key fails again and again THEN it comes later each time, and others are not held up', () => {
    const waits = [1, 2, 3, 4, 5, 6].map(() => {
      queue.addFailed('a');
      const before = performance.now();
      vi.advanceTimersToNextTimer();
      return performance.now() - before;
    });
    [100, 200, 400, 800, 1_000, 1_000].forEach((full, index) => {
      expect(waits[index]).toBeGreaterThanOrEqual(full / 2);
      expect(waits[index]).toBeLessThanOrEqual(full);
    });
    expect(queue.failures('a')).toBe(6);
    queue.add('b');
    expect(queue.depth).toBe(2);
    queue.forget('a');
    expect(queue.failures('a')).toBe(0);
  });

  it('WHEN the server asks for a longer wait THEN that counts', () => {
    queue.addFailed('a', { leastMs: 3_000 });
    vi.advanceTimersByTime(2_999);
    expect(queue.depth).toBe(0);
    vi.advanceTimersByTime(1);
    expect(queue.depth).toBe(1);
  });

  it('WHEN the trouble goes away by itself THEN the wait stays short, however often it failed', () => {
    for (let failure = 0; failure < 20; failure += 1) queue.addFailed('a', { mostMs: 200 });
    vi.advanceTimersByTime(200);
    expect(queue.depth).toBe(1);
  });

  it('WHEN many keys fail at once THEN all of them together are tried again at a bounded rate', () => {
    const retries = { perSecond: 10, burst: 5 };
    queue = new WorkQueue({ name: 'slow', metrics, backoff: { baseMs: 1, capMs: 1 }, retries });
    for (let key = 0; key < 25; key += 1) queue.addFailed(String(key));
    const depths = [2, 1_000, 1_000].map((milliseconds) => {
      vi.advanceTimersByTime(milliseconds);
      return queue.depth;
    });
    expect(depths).toEqual([5, 15, 25]);
  });

  it('WHEN it is used THEN its metrics have the names of client-go', async () => {
    queue.add('a');
    queue.add('b');
    queue.done((await queue.take(forever)) as string);
    const text = await metrics.registry.metrics();
    expect(text).toContain('workqueue_adds_total{name="test"} 2');
    expect(text).toContain('workqueue_depth{name="test"} 1');
    expect(text).toContain('workqueue_queue_duration_seconds_count{name="test"} 1');
    expect(text).toContain('workqueue_work_duration_seconds_count{name="test"} 1');

    await queue.take(forever);
    vi.advanceTimersByTime(1_500);
    const later = await metrics.registry.metrics();
    expect(later).toContain('workqueue_unfinished_work_seconds{name="test"} 1.5');
    expect(later).toContain('workqueue_longest_running_processor_seconds{name="test"} 1.5');
  });
});
