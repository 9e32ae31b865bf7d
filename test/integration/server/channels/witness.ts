import type { Centrifuge } from 'centrifuge';
import type { RunningServer } from '../../../../src/server/index.ts';
import { waitFor } from '../../../cluster/wait-for.ts';
import { sdkClient } from './sdk.ts';

/** What a client has seen of a channel. */
export class Witness {
  readonly values: number[] = [];
  /** That it was told to have missed something, or lost its connection. */
  readonly told: string[] = [];
  readonly ready: Promise<void>;
  readonly #client: Centrifuge;

  constructor(replica: RunningServer, channel: string) {
    const client = sdkClient('json', replica.address.url);
    this.#client = client;
    client.on('connecting', ({ code }) => code !== 0 && this.told.push(`connecting ${code}`));
    const subscription = client.newSubscription(channel, { recoverable: true, minResubscribeDelay: 20 });
    subscription.on('publication', ({ data }) => void this.values.push(data as number));
    subscription.on('subscribed', ({ wasRecovering, recovered }) => {
      if (wasRecovering) this.told.push(recovered ? 'recovered' : 'not recovered');
    });
    subscription.subscribe();
    client.connect();
    this.ready = subscription.ready();
  }

  async has(value: number): Promise<void> {
    await waitFor(`publication ${value}`, () => this.values.includes(value) || undefined, {
      everyMilliseconds: 10,
    });
  }

  leave(): void {
    this.#client.disconnect();
  }
}

/** Subscribes one client on each replica. */
export async function witnesses(
  replicas: readonly RunningServer[],
  channel: string,
): Promise<readonly Witness[]> {
  const all = replicas.map((replica) => new Witness(replica, channel));
  await Promise.all(all.map(({ ready }) => ready));
  return all;
}

/** Publishes a number on one of the replicas; the key makes it one publication, however often it is tried. */
export const publish = (replicas: readonly RunningServer[], channel: string, number: number) =>
  waitFor(
    `${number} to be published`,
    async () => {
      const { channels } = replicas[number % replicas.length] as RunningServer;
      await channels.publish(channel, number, { idempotencyKey: String(number) });
      return true;
    },
    { everyMilliseconds: 20 },
  );

/** Publishes one number after the other while something goes on, and some afterwards. Gives how many there were. */
export async function publishDuring(
  replicas: readonly RunningServer[],
  channel: string,
  trouble: () => Promise<void>,
): Promise<number> {
  let over = false;
  let number = 0;
  const publishing = (async () => {
    while (!over) {
      await publish(replicas, channel, number);
      number += 1;
    }
  })();
  await waitFor('some publications', () => number > 20 || undefined, { everyMilliseconds: 5 });
  await trouble();
  const after = number + 20;
  await waitFor('some more', () => number > after || undefined, { everyMilliseconds: 5 });
  over = true;
  await publishing;
  return number;
}
