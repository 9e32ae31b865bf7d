import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Audience } from './follower.ts';
import { channels } from './harness.ts';
import { Unreliable } from './unreliable.ts';

type Step =
  | { readonly do: 'publish' | 'lose' | 'keep' | 'hold' | 'release' | 'check' }
  | { readonly do: 'drop'; readonly who: number }
  | { readonly do: 'race'; readonly who: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ do: 'publish' } as const) },
  ...(['lose', 'keep', 'hold', 'release', 'check'] as const).map((name) => ({
    weight: 1,
    arbitrary: fc.constant({ do: name }),
  })),
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('drop' as const, 'race' as const), who: fc.nat({ max: 2 }) }),
  },
);

/** Lets things happen to three clients; gives what each got, and how many publications there were. */
async function run(steps: readonly Step[], historySize: number) {
  const broker = new Unreliable();
  broker.slow = true;
  const server = channels({ withoutNamespace: { allowSubscribe: 'anyone', historySize } }, broker);
  const audience = await Audience.of(3, server);
  for (const each of steps) {
    if (each.do === 'publish') await audience.publish();
    else if (each.do === 'lose') broker.losing = true;
    else if (each.do === 'keep') broker.losing = false;
    else if (each.do === 'hold') broker.held ??= [];
    else if (each.do === 'release') broker.release();
    else if (each.do === 'check') broker.reconnected();
    else if (each.do === 'drop') await audience.followers[each.who]?.drop();
    else if (each.do === 'race') {
      // It comes back while publications flow.
      const back = audience.followers[each.who]?.drop();
      for (let turns = 0; turns < 6; turns += 1) {
        await audience.publish();
        await nextTurn();
      }
      await back;
    }
    await audience.readNowAndThen();
  }
  broker.losing = false;
  broker.release();
  await audience.finish();
  return { got: audience.followers.map(({ got }) => got), published: audience.published };
}

describe('GIVEN clients that drop, and a broker that loses and delays', () => {
  it('WHEN the history holds everything THEN each client gets everything, once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { got, published } = await run(steps, 1_000);
        const all = Array.from({ length: published }, (_, index) => index + 1);
        expect(got).toEqual([all, all, all]);
      }),
      { numRuns: 150 },
    );
  });

  it('WHEN the history is short THEN nothing comes twice or out of order, and where something is missing it was told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { got, published } = await run(steps, 3);
        for (const each of got) {
          let expected = 1;
          let told = false;
          for (const value of each) {
            if (value === 'lost') {
              told = true;
              continue;
            }
            if (told) expect(value).toBeGreaterThanOrEqual(expected);
            else expect(value).toBe(expected);
            expected = value + 1;
            told = false;
          }
          expect(told || expected === published + 1).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});
