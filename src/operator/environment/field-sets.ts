import type { FieldSet } from '../api/kube-object.ts';

/** Environments differ in values, seldom in fields: there are far fewer sets of fields than objects. */
const MOST = 4_096;

/** Keeps each set of fields once, however many objects have it. */
export class FieldSets {
  readonly #byText = new Map<string, FieldSet>();

  /** The set that equals this one and is kept already, else this one. */
  shared(fields: FieldSet): FieldSet {
    const text = JSON.stringify(fields);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const [oldest] = this.#byText.keys();
    if (this.#byText.size >= MOST && oldest !== undefined) this.#byText.delete(oldest);
    this.#byText.set(text, fields);
    return fields;
  }
}
