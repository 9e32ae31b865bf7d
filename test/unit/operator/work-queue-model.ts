import { PRIORITIES, type Priority } from '../../../src/operator/runtime/priority.ts';

/** What a work queue is to do, said as plainly as can be: lists, no timers, no promises. */
export class QueueModel {
  readonly working = new Set<string>();
  readonly handed: string[] = [];
  readonly #waiting: { readonly key: string; priority: Priority; order: number }[] = [];
  readonly #again = new Map<string, Priority>();
  #delayed: { readonly key: string; at: number; priority: Priority; order: number }[] = [];
  #takers = 0;
  #now = 0;
  #order = 0;

  get depth(): number {
    return this.#waiting.length;
  }

  add(key: string, priority: Priority): void {
    if (this.working.has(key)) {
      this.#again.set(key, higher(priority, this.#again.get(key)));
      return;
    }
    const waiting = this.#waiting.find((one) => one.key === key);
    if (waiting === undefined) this.#waiting.push({ key, priority, order: this.#order++ });
    else if (higher(priority, waiting.priority) !== waiting.priority) {
      Object.assign(waiting, { priority, order: this.#order++ });
    }
    this.#hand();
  }

  addAfter(key: string, milliseconds: number, priority: Priority): void {
    const at = this.#now + milliseconds;
    const delayed = this.#delayed.find((one) => one.key === key);
    if (delayed === undefined) {
      this.#delayed.push({ key, at, priority, order: this.#order++ });
      return;
    }
    delayed.priority = higher(priority, delayed.priority);
    if (at < delayed.at) Object.assign(delayed, { at, order: this.#order++ });
  }

  take(): void {
    this.#takers += 1;
    this.#hand();
  }

  done(key: string): void {
    this.working.delete(key);
    const again = this.#again.get(key);
    this.#again.delete(key);
    if (again !== undefined) this.add(key, again);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    const due = this.#delayed.filter(({ at }) => at <= this.#now);
    this.#delayed = this.#delayed.filter(({ at }) => at > this.#now);
    for (const { key, priority } of due.sort((one, two) => one.at - two.at || one.order - two.order)) {
      this.add(key, priority);
    }
  }

  /** The longest waiting of the most urgent; once in eight turns the longest waiting of the least urgent. */
  #hand(): void {
    while (this.#takers > 0 && this.#waiting.length > 0) {
      const fair = this.handed.length % 8 === 7;
      const ranks = this.#waiting.map(({ priority }) => PRIORITIES.indexOf(priority));
      const rank = fair ? Math.max(...ranks) : Math.min(...ranks);
      const [next] = this.#waiting
        .filter(({ priority }) => PRIORITIES.indexOf(priority) === rank)
        .sort((one, two) => one.order - two.order);
      if (next === undefined) return;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#takers -= 1;
      this.working.add(next.key);
      this.handed.push(next.key);
    }
  }
}

function higher(one: Priority, other: Priority | undefined): Priority {
  return other !== undefined && PRIORITIES.indexOf(other) < PRIORITIES.indexOf(one) ? other : one;
}
