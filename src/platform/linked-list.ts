/** The place of one value in a list. */
export interface Link<Value> {
  readonly value: Value;
}

interface Node<Value> extends Link<Value> {
  before: Node<Value> | undefined;
  after: Node<Value> | undefined;
  /** Where it is; undefined once it was removed. */
  list: LinkedList<Value> | undefined;
}

/**
 * Values in the order in which they came, for those that come and go by the thousand.
 *
 * A Map or Set that grows and shrinks leaves its old tables behind, each of which knows the next: once one of them is
 * in V8's old space, every key that was there since outlives the cheap collections of garbage, whose pauses grow from
 * under a millisecond to twenty. What is removed here points to nothing.
 */
export class LinkedList<Value> implements Iterable<Value> {
  #first: Node<Value> | undefined;
  #last: Node<Value> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Value | undefined {
    return this.#first?.value;
  }

  /** @returns what `remove` takes */
  add(value: Value): Link<Value> {
    const node: Node<Value> = { value, before: this.#last, after: undefined, list: this };
    if (this.#last === undefined) this.#first = node;
    else this.#last.after = node;
    this.#last = node;
    this.#size += 1;
    return node;
  }

  /** @returns false when it was removed before */
  remove(link: Link<Value>): boolean {
    const node = link as Node<Value>;
    if (node.list !== this) return false;
    const { before, after } = node;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    node.before = undefined;
    node.after = undefined;
    node.list = undefined;
    this.#size -= 1;
    return true;
  }

  /** Removes the first value. */
  shift(): Value | undefined {
    const first = this.#first;
    if (first !== undefined) this.remove(first);
    return first?.value;
  }

  /** The values that are there when it begins, whatever is added or removed meanwhile. */
  [Symbol.iterator](): Iterator<Value> {
    const values: Value[] = [];
    for (let node = this.#first; node !== undefined; node = node.after) values.push(node.value);
    return values.values();
  }
}
