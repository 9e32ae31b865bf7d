import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Metrics } from '../../../src/operator/runtime/metrics.ts';
import { PRIORITIES, type Priority } from '../../../src/operator/runtime/priority.ts';
import { WorkQueue } from '../../../src/operator/runtime/work-queue.ts';
import { QueueModel } from './work-queue-model.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

type Step =
  | { readonly do: 'add'; readonly key: string; readonly priority: Priority }
  | { readonly do: 'addAfter'; readonly key: string; readonly ms: number; readonly priority: Priority }
  | { readonly do: 'take' }
  | { readonly do: 'done'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number };

const key = fc.constantFrom(...'abcdefgh');
const priority = fc.constantFrom(...PRIORITIES);
const ms = fc.nat(50);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('add' as const), key, priority }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('addAfter' as const), key, ms, priority }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('done' as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('advance' as const), ms }) },
);

/** Both, in step, with what the queue has handed out. */
class Pair {
  readonly model = new QueueModel();
  readonly handed: string[] = [];
  readonly #stop = new AbortController();
  readonly #queue = new WorkQueue({ name: 'test', metrics: new Metrics() });

  async take(one: Step): Promise<void> {
    const { model } = this;
    if (one.do === 'add') {
      model.add(one.key, one.priority);
      this.#queue.add(one.key, one.priority);
    } else if (one.do === 'addAfter') {
      model.addAfter(one.key, one.ms, one.priority);
      this.#queue.addAfter(one.key, one.ms, one.priority);
    } else if (one.do === 'take') {
      model.take();
      void this.#queue.take(this.#stop.signal).then((key) => key !== undefined && this.handed.push(key));
    } else if (one.do === 'advance') {
      model.advance(one.ms);
      vi.advanceTimersByTime(one.ms);
    } else {
      const done = [...model.working][one.which % Math.max(1, model.working.size)];
      if (done === undefined) return;
      model.done(done);
      this.#queue.done(done);
    }
    // What was handed out reaches who took it.
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    expect(this.handed).toEqual(model.handed);
    expect(this.#queue.depth).toBe(model.depth);
  }

  close(): void {
    this.#stop.abort();
    this.#queue.close();
  }
}

describe('GIVEN a work queue and the plainest model of it', () => {
  it('WHEN keys are added, delayed, taken and done in any order THEN both hand out the same keys in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 150, size: 'max' }), async (steps) => {
        const pair = new Pair();
        for (const one of steps) await pair.take(one);
        pair.close();
      }),
      { numRuns: 300 },
    );
  });

  it('WHEN all work is done in the end THEN no key that was added is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const pair = new Pair();
        for (const one of steps) await pair.take(one);
        const added = steps.flatMap((one) => ('key' in one ? [one.key] : []));
        await pair.take({ do: 'advance', ms: 50 });
        while (pair.model.working.size > 0 || pair.model.depth > 0) {
          await pair.take({ do: 'take' });
          await pair.take({ do: 'done', which: 0 });
        }
        expect(new Set(pair.handed)).toEqual(new Set(added));
        pair.close();
      }),
      { numRuns: 100 },
    );
  });
});
