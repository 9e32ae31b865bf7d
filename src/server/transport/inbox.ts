import { CLOSE } from '../websocket/close.ts';
import { InvalidMessage, type Message } from './socket.ts';

/** Messages that may wait for a handler before the socket is no longer read. */
const MOST_WAITING = 256;

/** Stops and goes on reading; TCP then slows the sender down. */
interface Source {
  pause(): void;
  resume(): void;
}

type Taken = IteratorResult<Message, undefined>;

/** Who waits for a message. */
interface Reader {
  readonly textsOnly: boolean;
  readonly resolve: (taken: Taken) => void;
  readonly reject: (error: InvalidMessage) => void;
}

const END: Taken = { value: undefined, done: true };

/**
 * Messages of one connection that wait for its handler. Most connections have none most of the time, so nothing is held
 * for them: one reader has a place of its own, and lists are made when they are needed.
 */
export class Inbox {
  readonly #source: Source;
  #messages: Message[] | undefined;
  /** How many of the messages were taken. */
  #taken = 0;
  #reader: Reader | undefined;
  #moreReaders: Reader[] | undefined;
  #ended = false;
  #discards = false;
  #paused = false;

  constructor(source: Source) {
    this.#source = source;
  }

  get paused(): boolean {
    return this.#paused;
  }

  push(message: Message): void {
    if (this.#discards) return;
    const reader = this.#reader;
    if (reader !== undefined) {
      this.#reader = this.#moreReaders?.shift();
      if (reader.textsOnly && typeof message !== 'string') reader.reject(notText());
      else reader.resolve({ value: message, done: false });
      return;
    }
    this.#messages ??= [];
    this.#messages.push(message);
    if (!this.#paused && this.#messages.length - this.#taken >= MOST_WAITING) {
      this.#paused = true;
      this.#source.pause();
    }
  }

  /** Nobody will read what waits or comes. */
  discard(): void {
    this.#discards = true;
    if (this.#messages !== undefined) this.#emptied();
  }

  /** Nothing will come any more; what waits can still be read. */
  end(): void {
    this.#ended = true;
    const readers = [this.#reader, ...(this.#moreReaders ?? [])];
    this.#reader = this.#moreReaders = undefined;
    for (const reader of readers) reader?.resolve(END);
  }

  /**
   * The next message, in the form of an iterator; done once the connection is closed and all was read.
   *
   * @throws InvalidMessage when it is binary and only texts are wanted
   */
  next(textsOnly = false): Promise<Taken> {
    const messages = this.#messages;
    if (messages !== undefined) {
      const value = messages[this.#taken] as Message;
      this.#taken += 1;
      if (this.#taken === messages.length) this.#emptied();
      if (textsOnly && typeof value !== 'string') return Promise.reject(notText());
      return Promise.resolve({ value, done: false });
    }
    if (this.#ended) return Promise.resolve(END);
    return new Promise((resolve, reject) => {
      const reader = { textsOnly, resolve, reject };
      if (this.#reader === undefined) this.#reader = reader;
      else this.#moreReaders = [...(this.#moreReaders ?? []), reader];
    });
  }

  #emptied(): void {
    this.#messages = undefined;
    this.#taken = 0;
    if (!this.#paused || this.#ended) return;
    this.#paused = false;
    this.#source.resume();
  }
}

function notText(): InvalidMessage {
  return new InvalidMessage(CLOSE.unsupportedData, 'Text messages only');
}
