import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ReconnectBudget } from '../pace/reconnect-budget.ts';
import type { Connections } from '../transport/connections.ts';
import { sendAway } from '../transport/drain.ts';
import { balance, type Stance } from './balance.ts';
import type { FleetLoad } from './fleet-load.ts';

const LOOK_MS = 5_000;

interface RebalancerOptions {
  readonly load: FleetLoad;
  readonly connections: Connections;
  readonly budget: ReconnectBudget;
  readonly log: Logger;
  /** Milliseconds between two looks at the fleet; 5,000 by default. */
  readonly lookMs?: number;
  /** In milliseconds; the clock of the process by default. */
  readonly now?: () => number;
}

/** Lets go of what this replica has more than the others, within the budget of all, until it leaves itself. */
export class Rebalancer {
  readonly #options: RebalancerOptions;
  readonly #over = new AbortController();
  #stance: Stance = { is: 'calm' };
  #moved = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(options: RebalancerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** From now on this replica counts no more. */
  async stop(): Promise<void> {
    this.#over.abort();
    await this.#running;
    await this.#options.load.leave();
  }

  async #run(): Promise<void> {
    const { lookMs = LOOK_MS } = this.#options;
    const { signal } = this.#over;
    while (!signal.aborted) {
      const next = performance.now() + lookMs;
      await this.#look(next);
      await sleep(Math.max(0, next - performance.now()), undefined, { signal }).catch(() => {});
    }
  }

  /** @param until when it is looked at again */
  async #look(until: number): Promise<void> {
    const { load, connections, log, now = () => performance.now() } = this.#options;
    const own = connections.size;
    const all = await load.tell(own);
    if (all === undefined) return;
    const { surplus, stance } = balance(this.#stance, { own, all, moved: this.#moved, now: now() });
    if (stance.is !== this.#stance.is) log.debug({ own, all, stance: stance.is }, 'Compared with the fleet');
    this.#stance = stance;
    this.#moved = surplus === 0 ? 0 : await this.#shed(surplus, until);
  }

  /** @returns how many were let go */
  async #shed(surplus: number, until: number): Promise<number> {
    const { connections, budget, log } = this.#options;
    const leaving = [...connections].slice(0, surplus);
    let moved = 0;
    while (moved < surplus) {
      const count = await budget.take(surplus - moved, until, this.#over.signal);
      if (count === 0) break;
      for (const connection of leaving.slice(moved, moved + count))
        sendAway(connection, 'The load is shared');
      moved += count;
    }
    log.info({ moved, surplus }, 'Let go of what others have room for');
    return moved;
  }
}
