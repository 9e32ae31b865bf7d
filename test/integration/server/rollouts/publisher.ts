import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../../cluster/wait-for.ts';
import type { Numbered } from './crowd.ts';

/** Publishes on a channel; the key makes it one publication, however often it is tried. */
export type Publish = (channel: string, data: Numbered, key: string) => Promise<unknown>;

/** Publishes numbers to each of some channels, one after the other at a pace, whatever becomes of the servers. */
export class Publisher {
  /** The next number of each channel. */
  readonly next: Map<string, number>;
  readonly #publish: Publish;
  readonly #everyMs: number;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  /** @param everyMs between two publications of one channel */
  constructor(channels: readonly string[], everyMs: number, publish: Publish) {
    this.next = new Map(channels.map((channel) => [channel, 0]));
    this.#everyMs = everyMs;
    this.#publish = publish;
  }

  start(): void {
    this.#stopped = false;
    this.#running = Promise.all([...this.next.keys()].map((channel) => this.#run(channel)));
  }

  /** Resolves once what is on its way is published. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(channel: string): Promise<void> {
    await sleep(Math.random() * this.#everyMs);
    while (!this.#stopped) {
      const number = this.next.get(channel) ?? 0;
      const data = { number, at: Date.now() };
      const send = async () => {
        await this.#publish(channel, data, `${channel} ${number}`);
        return true;
      };
      await waitFor(`${number} to be published`, send, { everyMilliseconds: 20 });
      this.next.set(channel, number + 1);
      await sleep(this.#everyMs);
    }
  }
}
