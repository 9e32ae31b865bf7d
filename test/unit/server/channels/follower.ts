import type { Channels } from '../../../../src/server/channels/channels.ts';
import { Wired } from './harness.ts';

interface Result {
  readonly offset: number;
  readonly epoch: string;
  readonly recovered?: boolean;
  readonly was_recovering?: boolean;
  readonly publications?: readonly { readonly data: number; readonly offset: number }[];
}

/** A client that does what the SDK does: it keeps its position, and comes back from there. */
export class Follower {
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

/** Clients that follow one channel, in which 1, 2, 3 and so on are published. */
export class Audience {
  readonly #server: Channels;
  readonly followers: readonly Follower[];
  published = 0;

  private constructor(server: Channels, followers: readonly Follower[]) {
    this.#server = server;
    this.followers = followers;
  }

  static async of(count: number, server: Channels): Promise<Audience> {
    const followers: Follower[] = [];
    for (let number = 0; number < count; number += 1) followers.push(await Follower.start(server));
    return new Audience(server, followers);
  }

  async publish(): Promise<void> {
    this.published += 1;
    await this.#server.publish('c', this.published);
  }

  /** Lets all read, at every third publication. */
  async readNowAndThen(): Promise<void> {
    if (this.published % 3 === 0) await this.#read();
  }

  /** Publishes once more and lets all read to the end. */
  async finish(): Promise<void> {
    await this.publish();
    for (let round = 0; round < 3; round += 1) await this.#read();
    await this.#server.close();
  }

  async #read(): Promise<void> {
    for (const follower of this.followers) await follower.read();
  }
}
