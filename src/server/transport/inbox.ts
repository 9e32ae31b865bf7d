import type { Message } from './socket.ts';

/** Messages that may wait for a handler before the socket is no longer read. */
const MOST_WAITING = 256;

/** Stops and goes on reading; TCP then slows the sender down. */
interface Source {
  pause(): void;
  resume(): void;
}

/** Messages of one connection that wait for its handler. */
export class Inbox {
  readonly #source: Source;
  /** None while a handler keeps up, which is nearly always. */
  #messages: Message[] | undefined;
  #readers: ((message: Message | undefined) => void)[] | undefined;
  #ended = false;
  #paused = false;

  constructor(source: Source) {
    this.#source = source;
  }

  get paused(): boolean {
    return this.#paused;
  }

  push(message: Message): void {
    const reader = this.#readers?.shift();
    if (reader !== undefined) {
      reader(message);
      return;
    }
    this.#messages ??= [];
    this.#messages.push(message);
    if (!this.#paused && this.#messages.length >= MOST_WAITING) {
      this.#paused = true;
      this.#source.pause();
    }
  }

  /** Nothing will come any more; what waits can still be read. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers?.splice(0) ?? []) reader(undefined);
  }

  /** The next message, or undefined once the connection is closed and all was read. */
  next(): Promise<Message | undefined> {
    const message = this.#messages?.shift();
    if (this.#messages?.length === 0) {
      this.#messages = undefined;
      if (this.#paused && !this.#ended) {
        this.#paused = false;
        this.#source.resume();
      }
    }
    if (message !== undefined || this.#ended) return Promise.resolve(message);
    this.#readers ??= [];
    const readers = this.#readers;
    return new Promise((resolve) => readers.push(resolve));
  }
}
