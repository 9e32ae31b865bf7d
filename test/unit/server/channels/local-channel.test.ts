import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Position } from '../../../../src/server/channels/broker/broker.ts';
import type { Channels } from '../../../../src/server/channels/channels.ts';
import { channels, Wired } from './harness.ts';
import { Unreliable } from './unreliable.ts';

let broker: Unreliable;
let server: Channels;
let client: Wired;
let position: Position;

const publish = (...values: number[]) => Promise.all(values.map((value) => server.publish('c', value)));
const numbers = (replies: readonly Record<string, unknown>[]) =>
  replies.flatMap(({ push }) => (push as { pub?: { data: number } } | undefined)?.pub?.data ?? []);
const INSUFFICIENT = { push: { channel: 'c', unsubscribe: { code: 2500, reason: 'insufficient state' } } };

beforeEach(async () => {
  broker = new Unreliable();
  server = channels({ withoutNamespace: { allowSubscribe: 'anyone', historySize: 5 } }, broker);
  position = await server.publish('c', 0);
  client = await Wired.connected(server);
  await client.send({ id: 2, subscribe: { channel: 'c', recoverable: true } });
});
afterEach(() => server.close());

describe('GIVEN a channel whose publications get lost on the way', () => {
  it('WHEN the history still has them THEN they are filled in, and nobody notices', async () => {
    broker.losing = true;
    await publish(1, 2);
    broker.losing = false;
    await publish(3);
    expect(numbers(await client.news())).toEqual([1, 2, 3]);
    await publish(4);
    expect(numbers(await client.news())).toEqual([4]);
  });

  it('WHEN more come while they are fetched THEN all come once and in order', async () => {
    broker.losing = true;
    await publish(1);
    broker.losing = false;
    const more = publish(2, 3);
    await publish(4);
    await more;
    expect(numbers(await client.news())).toEqual([1, 2, 3, 4]);
  });

  it('WHEN nothing follows THEN the check finds them', async () => {
    broker.losing = true;
    await publish(1, 2);
    broker.losing = false;
    broker.reconnected();
    expect(numbers(await client.news())).toEqual([1, 2]);
  });

  it('WHEN the history has lost some as well THEN who relies on them is told to come back, others stay', async () => {
    const careless = await Wired.connected(server);
    await careless.send({ id: 2, subscribe: { channel: 'c' } });
    broker.losing = true;
    await publish(1, 2, 3, 4, 5, 6);
    broker.losing = false;
    await publish(7);
    expect(await client.news()).toEqual([INSUFFICIENT]);
    await publish(8);
    expect(numbers(await careless.news())).toEqual([8]);
    const [reply] = await client.send({
      id: 3,
      subscribe: { channel: 'c', recoverable: true, recover: true, ...position },
    });
    expect(reply?.subscribe).toEqual({
      ...{ positioned: true, recoverable: true, was_recovering: true },
      ...{ offset: 9, epoch: position.epoch },
    });
  });

  it('WHEN the broker is away THEN they are filled in once it is back', async () => {
    broker.losing = true;
    await publish(1);
    broker.losing = false;
    broker.away = true;
    await publish(2);
    expect(await client.news()).toEqual([]);
    broker.away = false;
    broker.reconnected();
    expect(numbers(await client.news())).toEqual([1, 2]);
  });

  it('WHEN they come late, after they were filled in THEN they do not come twice', async () => {
    broker.held = [];
    await publish(1, 2);
    broker.reconnected();
    expect(numbers(await client.news())).toEqual([1, 2]);
    broker.release();
    await publish(3);
    expect(numbers(await client.news())).toEqual([3]);
  });
});

describe('GIVEN a stream that is not what it was', () => {
  it('WHEN it has begun anew THEN who relied on it is told to come back, and then that it cannot recover', async () => {
    await broker.invalidate('c', { ...position, offset: 99 });
    await publish(1);
    expect(await client.news()).toEqual([INSUFFICIENT]);
    const [reply] = await client.send({
      id: 3,
      subscribe: { channel: 'c', recoverable: true, recover: true, ...position },
    });
    expect(reply).toMatchObject({ subscribe: { was_recovering: true, offset: 1 } });
  });

  it('WHEN it has gone back within its epoch THEN a new epoch begins, so that no offset has two meanings', async () => {
    const end = (await publish(1, 2)).at(-1) as Position;
    expect(numbers(await client.news())).toEqual([1, 2]);
    // A store that lost its last write.
    const earlier = { offset: end.offset - 1, epoch: end.epoch };
    const { position: real, history } = broker;
    broker.position = async (...args) =>
      (await real.apply(broker, args)).epoch === end.epoch ? earlier : real.apply(broker, args);
    broker.history = history;
    let invalidated: Position | undefined;
    broker.invalidate = async (_, seen) => {
      invalidated = seen;
    };
    broker.reconnected();
    expect(await client.news()).toEqual([INSUFFICIENT]);
    expect(invalidated).toEqual(end);
  });
});

describe('GIVEN clients that come back while publications flow', () => {
  it('WHEN they recover at any moment THEN each gets what it missed and the rest, once and in order', async () => {
    const backs: { at: number; client: Wired }[] = [];
    for (let value = 1; value <= 40; value += 1) {
      const publishing = publish(value);
      const back = new Wired(server);
      const request = { channel: 'c', recoverable: true, recover: true };
      back.session.receive(
        `{"id":1,"connect":{}}\n${JSON.stringify({ id: 2, subscribe: { ...request, epoch: position.epoch, offset: value - 1 } })}`,
      );
      backs.push({ at: value - 1, client: back });
      if (value % 3 === 0) await nextTurn();
      await publishing;
    }
    for (const { at, client: back } of backs) {
      const replies = await back.news();
      const result = replies.find(({ id }) => id === 2)?.subscribe as {
        recovered?: boolean;
        publications: { data: number }[];
      };
      expect(result.recovered).toBe(true);
      const got = [...result.publications.map(({ data }) => data), ...numbers(replies)];
      expect(got).toEqual(Array.from({ length: 40 - at + 1 }, (_, index) => at + index));
    }
  });

  it('WHEN a client knows more than its replica has heard THEN the replica catches up first', async () => {
    broker.held = [];
    const [, end] = await publish(1, 2);
    const ahead = await Wired.connected(server);
    const [reply] = await ahead.send({
      id: 2,
      subscribe: { channel: 'c', recoverable: true, recover: true, ...end },
    });
    expect(reply).toMatchObject({ subscribe: { recovered: true, publications: [], offset: end?.offset } });
    broker.release();
    expect(numbers(await client.news())).toEqual([1, 2]);
    expect(numbers(await ahead.news())).toEqual([]);
  });
});

describe('GIVEN a broker that is away', () => {
  it('WHEN a client subscribes to a new channel THEN it is told to try again, and can', async () => {
    broker.away = true;
    const subscribe = { id: 3, subscribe: { channel: 'new', recoverable: true } };
    expect(await client.send(subscribe)).toEqual([
      { id: 3, error: { code: 100, message: 'internal server error', temporary: true } },
    ]);
    expect(server.size).toBe(1);
    broker.away = false;
    expect(await client.send(subscribe)).toMatchObject([{ id: 3, subscribe: { offset: 0 } }]);
  });

  it('WHEN a client subscribes to a channel that is followed already THEN it need not wait', async () => {
    broker.away = true;
    const other = await Wired.connected(server);
    expect(await other.send({ id: 2, subscribe: { channel: 'c', recoverable: true } })).toMatchObject([
      { subscribe: { offset: 1 } },
    ]);
  });
});
