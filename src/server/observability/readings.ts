import { Counter, Gauge, type Registry } from 'prom-client';

/** Metrics whose values are kept elsewhere and read when they are scraped. */
export class Readings {
  readonly #registers: Registry[];

  constructor(registry: Registry) {
    this.#registers = [registry];
  }

  gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: this.#registers,
      collect() {
        this.set(value());
      },
    });
  }

  gaugeBy(
    name: string,
    help: string,
    label: string,
    values: () => Iterable<readonly [string, number]>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: this.#registers,
      collect() {
        for (const [key, value] of values()) this.set({ [label]: key }, value);
      },
    });
  }

  counter(name: string, help: string, value: () => number): void {
    new Counter({
      name,
      help,
      registers: this.#registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  }

  counterBy(
    name: string,
    help: string,
    label: string,
    values: () => Iterable<readonly [string, number]>,
  ): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: this.#registers,
      collect() {
        this.reset();
        for (const [key, value] of values()) this.inc({ [label]: key }, value);
      },
    });
  }
}
