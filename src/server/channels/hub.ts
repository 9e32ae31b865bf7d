import type { BrokerReceiver } from './broker/broker.ts';
import { type ChannelContext, LocalChannel } from './local-channel.ts';
import type { ChannelOptions } from './namespaces.ts';
import { retentionOf } from './namespaces.ts';
import type { ClientInfo, Publication } from './protocol/schema.ts';

/** In how many seconds each channel's position is compared once with the end of its stream. */
const CHECK_SECONDS = 40;
/** Checks that are begun together; it bounds what they cost. */
const MOST_CHECKS = 256;

/** The channels that have subscribers on this replica. */
export class Hub implements Omit<BrokerReceiver, 'called'> {
  readonly #context: ChannelContext;
  readonly #channels = new Map<string, LocalChannel>();
  #cursor: Iterator<LocalChannel> | undefined;
  /** How many channels wait to be checked. */
  #due = 0;
  #checking = false;

  constructor(context: ChannelContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#channels.size;
  }

  /** The channel of this name, made when there is none. Who opens one enters it, and releases it afterwards. */
  open(name: string, options: ChannelOptions): LocalChannel {
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      channel = new LocalChannel(name, retentionOf(options), this.#context);
      this.#channels.set(name, channel);
    }
    return channel;
  }

  /** Drops a channel that nobody needs any more. */
  release(channel: LocalChannel): void {
    if (channel.joining > 0 || channel.size > 0 || this.#channels.get(channel.name) !== channel) return;
    this.#channels.delete(channel.name);
    this.#context.broker.unsubscribe(channel.name);
  }

  published(channel: string, publication: Publication, epoch: string, after?: number): void {
    this.#channels.get(channel)?.published(publication, epoch, after);
  }

  joined(channel: string, info: ClientInfo): void {
    this.#channels.get(channel)?.told('join', info);
  }

  left(channel: string, info: ClientInfo): void {
    this.#channels.get(channel)?.told('leave', info);
  }

  reconnected(): void {
    this.#due = this.#channels.size;
    void this.#check();
  }

  /** Every second: compares some positions. */
  tick(): void {
    this.#due = Math.max(this.#due, Math.ceil(this.#channels.size / CHECK_SECONDS));
    void this.#check();
  }

  async #check(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    while (this.#due > 0) {
      const some = this.#next(Math.min(this.#due, MOST_CHECKS));
      this.#due -= Math.min(this.#due, MOST_CHECKS);
      // What cannot be compared now is when the broker is back.
      await Promise.allSettled(some.map((channel) => channel.check()));
    }
    this.#checking = false;
  }

  #next(count: number): readonly LocalChannel[] {
    const some: LocalChannel[] = [];
    while (some.length < count) {
      this.#cursor ??= this.#channels.values();
      const { value, done } = this.#cursor.next();
      if (done === true) {
        this.#cursor = undefined;
        break;
      }
      some.push(value);
    }
    return some;
  }
}
