import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Channels } from '../../../../src/server/channels/channels.ts';
import { channels, Wired } from './harness.ts';
import { Unreliable } from './unreliable.ts';

interface Result {
  readonly offset: number;
  readonly epoch: string;
  readonly recovered?: boolean;
  readonly was_recovering?: boolean;
  readonly publications?: readonly { readonly data: number; readonly offset: number }[];
}

/** A client that does what the SDK does: it keeps its position, and comes back from there. */
class Follower {
  readonly #server: Channels;
  #wired: Wired;
  #position: { offset: number; epoch: string } | undefined;
  /** What it got; `lost` where it was told that it could not recover. */
  readonly got: (number | 'lost')[] = [];

  private constructor(server: Channels, wired: Wired) {
    this.#server = server;
    this.#wired = wired;
  }

  static async start(server: Channels): Promise<Follower> {
    const follower = new Follower(server, await Wired.connected(server));
    await follower.#subscribe();
    return follower;
  }

  async read(): Promise<void> {
    for (const reply of await this.#wired.news()) await this.#take(reply);
  }

  /** Loses its connection, and with it what was on the way; comes back. */
  async drop(): Promise<void> {
    this.#wired.session.ended();
    this.#wired = await Wired.connected(this.#server);
    await this.#subscribe();
  }

  async #subscribe(): Promise<void> {
    const recover = this.#position === undefined ? {} : { recover: true, ...this.#position };
    const subscribe = { channel: 'c', recoverable: true, ...recover };
    for (const reply of await this.#wired.send({ id: 2, subscribe })) await this.#take(reply);
  }

  async #take(reply: Record<string, unknown>): Promise<void> {
    const { push, subscribe, error } = reply as {
      push?: { pub?: { data: number; offset: number }; unsubscribe?: { code: number } };
      subscribe?: Result;
      error?: { temporary: boolean };
    };
    if (error?.temporary === true) await this.#subscribe();
    if (subscribe !== undefined) {
      if (subscribe.was_recovering === true && subscribe.recovered !== true) this.got.push('lost');
      this.#position = { offset: subscribe.offset, epoch: subscribe.epoch };
      for (const publication of subscribe.publications ?? []) this.#follow(publication);
    }
    if (push?.pub !== undefined) this.#follow(push.pub);
    if (push?.unsubscribe?.code === 2500) await this.#subscribe();
  }

  #follow({ data, offset }: { data: number; offset: number }): void {
    this.got.push(data);
    if (this.#position !== undefined) this.#position.offset = offset;
  }
}

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
  const followers = [
    await Follower.start(server),
    await Follower.start(server),
    await Follower.start(server),
  ];
  let published = 0;
  const publish = async () => {
    published += 1;
    await server.publish('c', published);
  };
  for (const each of steps) {
    if (each.do === 'publish') await publish();
    else if (each.do === 'lose') broker.losing = true;
    else if (each.do === 'keep') broker.losing = false;
    else if (each.do === 'hold') broker.held ??= [];
    else if (each.do === 'release') broker.release();
    else if (each.do === 'check') broker.reconnected();
    else if (each.do === 'drop') await followers[each.who]?.drop();
    else if (each.do === 'race') {
      // It comes back while publications flow.
      const back = followers[each.who]?.drop();
      for (let turns = 0; turns < 6; turns += 1) {
        await publish();
        await nextTurn();
      }
      await back;
    }
    if (published % 3 === 0) for (const follower of followers) await follower.read();
  }
  broker.losing = false;
  broker.release();
  await publish();
  for (let round = 0; round < 3; round += 1) for (const follower of followers) await follower.read();
  await server.close();
  return { got: followers.map((follower) => follower.got), published };
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
