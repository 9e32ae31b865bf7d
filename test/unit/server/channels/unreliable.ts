import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BrokerReceiver, BrokerUnavailable } from '../../../../src/server/channels/broker/broker.ts';
import { InProcessBroker } from '../../../../src/server/channels/broker/in-process.ts';

/** A broker whose way to the replica can lose and hold back what is published, and that can be away. */
export class Unreliable extends InProcessBroker {
  losing = false;
  away = false;
  /** What it reads is a turn old when it arrives. */
  slow = false;
  held: (() => void)[] | undefined;

  override start(receiver: BrokerReceiver): void {
    const published: BrokerReceiver['published'] = (...args) => {
      if (this.losing) return;
      if (this.held === undefined) receiver.published(...args);
      else this.held.push(() => receiver.published(...args));
    };
    super.start({
      published,
      joined: (...args) => receiver.joined(...args),
      left: (...args) => receiver.left(...args),
      called: (call) => receiver.called(call),
      reconnected: () => receiver.reconnected(),
    });
    this.reconnected = () => receiver.reconnected();
  }
  reconnected = () => {};

  override async history(...args: Parameters<InProcessBroker['history']>) {
    if (this.away) throw new BrokerUnavailable();
    const part = await super.history(...args);
    if (this.slow) await nextTurn();
    return part;
  }

  override async position(...args: Parameters<InProcessBroker['position']>) {
    if (this.away) throw new BrokerUnavailable();
    return super.position(...args);
  }

  release(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const deliver of held) deliver();
  }
}
