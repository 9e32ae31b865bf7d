import { CLOSE } from '../websocket/close.ts';
import type { Inbox } from './inbox.ts';
import { InvalidMessage, type Message } from './socket.ts';

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
    const taken = this.#inbox.next();
    return this.#textsOnly ? taken.then(onlyText) : taken;
  }

  async return(): Promise<IteratorResult<Message, undefined>> {
    return { value: undefined, done: true };
  }
}

function onlyText(taken: IteratorResult<Message, undefined>): IteratorResult<Message, undefined> {
  if (taken.done === true || typeof taken.value === 'string') return taken;
  throw new InvalidMessage(CLOSE.unsupportedData, 'Text messages only');
}
