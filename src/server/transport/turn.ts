/** Hands frames to the connections they are for. */
interface Spreading {
  spread(): void;
}

/** Writes the frames that wait to its socket. */
interface Writing {
  write(): void;
}

/**
 * Joins writes: whatever is sent in one event-loop turn leaves in one write per connection at its end. The kernel's
 * write is what costs, so this is where the server's speed comes from.
 */
export class Turn {
  #spreading: Spreading[] = [];
  #writing: Writing[] = [];
  #scheduled = false;

  /** Rooms end their turn before connections do, since they give frames to connections. */
  spreadLater(room: Spreading): void {
    this.#spreading.push(room);
    this.#schedule();
  }

  writeLater(outbox: Writing): void {
    this.#writing.push(outbox);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#end);
  }

  readonly #end = (): void => {
    const rooms = this.#spreading;
    this.#spreading = [];
    for (const room of rooms) room.spread();
    const outboxes = this.#writing;
    this.#writing = [];
    this.#scheduled = false;
    for (const outbox of outboxes) outbox.write();
  };
}
