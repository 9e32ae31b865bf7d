import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Audience } from './follower.ts';
import { Forgetful } from './forgetful.ts';
import { channels } from './harness.ts';

type Step =
  | { readonly do: 'publish' | 'lose' | 'keep' | 'check' }
  | { readonly do: 'promote'; readonly lacking: number }
  | { readonly do: 'drop'; readonly who: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ do: 'publish' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'keep' as const, 'check' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('promote' as const), lacking: fc.nat({ max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('drop' as const), who: fc.nat({ max: 1 }) }) },
);

/** Lets things happen to two clients; gives what each got, and which publications are gone. */
async function run(steps: readonly Step[]) {
  const broker = new Forgetful();
  const server = channels({ withoutNamespace: { allowSubscribe: 'anyone', historySize: 1_000 } }, broker);
  const audience = await Audience.of(2, server);
  const gone = new Set<number>();
  for (const each of steps) {
    if (each.do === 'publish') await audience.publish();
    else if (each.do === 'lose') broker.losing = true;
    else if (each.do === 'keep') broker.losing = false;
    else if (each.do === 'check') broker.reconnected();
    else if (each.do === 'promote') {
      for (const { data } of broker.promote(each.lacking)) gone.add(Number(data?.toString()));
    } else if (each.do === 'drop') await audience.followers[each.who]?.drop();
    await audience.readNowAndThen();
  }
  broker.losing = false;
  broker.reconnected();
  await audience.finish();
  return { got: audience.followers.map(({ got }) => got), gone, published: audience.published };
}

describe('GIVEN clients that drop, and a store whose replica takes over', () => {
  it('WHEN the replica has everything THEN each client gets everything, once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const harmless = steps.map((each) => (each.do === 'promote' ? { ...each, lacking: 0 } : each));
        const { got, published } = await run(harmless);
        const all = Array.from({ length: published }, (_, index) => index + 1);
        expect(got).toEqual([all, all]);
      }),
      { numRuns: 150 },
    );
  });

  it('WHEN it lacks the last THEN who is not told has all that is left, and all that anyone else saw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { got, gone, published } = await run(steps);
        const seen = new Set(got.flat());
        const all = Array.from({ length: published }, (_, index) => index + 1);
        const expected = all.filter((value) => !gone.has(value) || seen.has(value));
        for (const each of got) {
          const values = each.filter((value) => value !== 'lost');
          expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
          if (values.length === each.length) expect(values).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });
});
