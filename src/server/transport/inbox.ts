/** Texts that may wait for a handler before the socket is no longer read. */
const MOST_WAITING = 256;

/** Stops and goes on reading; TCP then slows the sender down. */
interface Source {
  pause(): void;
  resume(): void;
}

/** Texts of one connection that wait for its handler. */
export class Inbox {
  readonly #source: Source;
  readonly #texts: string[] = [];
  readonly #readers: ((text: string | undefined) => void)[] = [];
  #ended = false;
  #paused = false;

  constructor(source: Source) {
    this.#source = source;
  }

  get paused(): boolean {
    return this.#paused;
  }

  push(text: string): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader(text);
      return;
    }
    this.#texts.push(text);
    if (!this.#paused && this.#texts.length >= MOST_WAITING) {
      this.#paused = true;
      this.#source.pause();
    }
  }

  /** Nothing will come any more; what waits can still be read. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers.splice(0)) reader(undefined);
  }

  /** The next text, or undefined once the connection is closed and all was read. */
  next(): Promise<string | undefined> {
    const text = this.#texts.shift();
    if (this.#paused && this.#texts.length === 0 && !this.#ended) {
      this.#paused = false;
      this.#source.resume();
    }
    if (text !== undefined || this.#ended) return Promise.resolve(text);
    return new Promise((resolve) => this.#readers.push(resolve));
  }
}
