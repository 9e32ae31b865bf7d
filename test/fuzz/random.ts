/** Random numbers that a seed repeats (mulberry32), so that what was found can be found again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.between(0, choices.length - 1)] as T;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.between(0, 255)));
  }

  /** Well-formed text of up to four bytes a character. */
  text(characters: number): string {
    const ranges = [
      [0x20, 0x7e],
      [0xa0, 0x7ff],
      [0x800, 0xd7ff],
      [0xe000, 0xfffd],
      [0x10000, 0x10ffff],
    ] as const;
    return Array.from({ length: characters }, () => {
      const [first, last] = this.chance(0.7) ? ranges[0] : this.pick(ranges);
      return String.fromCodePoint(this.between(first, last));
    }).join('');
  }
}
