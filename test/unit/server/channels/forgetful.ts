import type {
  BrokerReceiver,
  HistoryQuery,
  Position,
  PublishOptions,
  StreamPart,
} from '../../../../src/server/channels/broker/broker.ts';
import { InProcessBroker } from '../../../../src/server/channels/broker/in-process.ts';
import type { Publication } from '../../../../src/server/channels/protocol/schema.ts';

const LEAP = 1_000;

/** A broker of one channel, on a store with a replica that can take over and lack the last publications. */
export class Forgetful extends InProcessBroker {
  /** Whether what is published is not delivered. */
  losing = false;
  readonly #leaps = new Map<number, number>();
  #kept: Publication[] = [];
  #position: Position = { offset: 0, epoch: 'first' };
  #leapt: { readonly from: number; readonly to: number } | undefined;
  #promotions = 0;
  #promoted = false;
  #receiver: BrokerReceiver | undefined;

  override start(receiver: BrokerReceiver): void {
    this.#receiver = receiver;
  }

  /** Gives what the replica lacks. */
  promote(lacking: number): readonly Publication[] {
    const lost = lacking === 0 ? [] : this.#kept.splice(-lacking);
    const [first] = lost;
    if (first?.offset !== undefined) {
      this.#position = { ...this.#position, offset: this.#leaps.get(first.offset) ?? first.offset - 1 };
    }
    this.#promoted = true;
    this.#promotions += 1;
    return lost;
  }

  reconnected(): void {
    this.#receiver?.reconnected();
  }

  override async publish(channel: string, content: Publication, _: PublishOptions): Promise<Position> {
    const { offset: after, epoch } = this.#position;
    const offset = this.#promoted ? Math.max(after + LEAP, this.#promotions * LEAP) : after + 1;
    if (this.#promoted) {
      this.#leaps.set(offset, after);
      this.#leapt = { from: after, to: offset };
    }
    this.#promoted = false;
    this.#position = { offset, epoch };
    const publication = { ...content, offset };
    this.#kept.push(publication);
    if (!this.losing) this.#receiver?.published(channel, publication, epoch, after);
    return this.#position;
  }

  override async position(): Promise<Position> {
    return this.#position;
  }

  override async history(_: string, { since = 0 }: HistoryQuery): Promise<StreamPart> {
    const publications = this.#kept.filter(({ offset = 0 }) => offset > since);
    return { ...this.#position, publications, leaps: this.#leaps };
  }

  override async invalidate(_: string, { offset, epoch }: Position): Promise<void> {
    const { from = offset, to = offset } = this.#leapt ?? {};
    const kept = offset <= this.#position.offset && !(offset > from && offset < to);
    if (epoch !== this.#position.epoch || kept) return;
    this.#kept = [];
    this.#position = { offset: 0, epoch: `${epoch}+` };
    this.#leapt = undefined;
  }
}
