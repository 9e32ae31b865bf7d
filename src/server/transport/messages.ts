import type { Inbox } from './inbox.ts';
import type { Message } from './socket.ts';

/** Messages of an inbox as they come. An async generator would cost three turns of the microtask queue for each. */
export class Messages implements AsyncIterableIterator<Message, undefined, void> {
  readonly #inbox: Inbox;
  readonly #textsOnly: boolean;

  constructor(inbox: Inbox, textsOnly: boolean) {
    this.#inbox = inbox;
    this.#textsOnly = textsOnly;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    return this.#inbox.next(this.#textsOnly);
  }

  async return(): Promise<IteratorResult<Message, undefined>> {
    return { value: undefined, done: true };
  }
}
