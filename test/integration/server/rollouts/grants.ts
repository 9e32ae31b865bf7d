import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { waitFor } from '../../../cluster/wait-for.ts';
import { ended } from '../stores/store-process.ts';

/** The request for the budget, and what follows on it when it is granted. */
const ASKED = /"1" "tidegate:rate:drain" "[^"]+" "[^"]+" "(\d+)"$/;
const GRANTED = /^(\d+\.\d+) \[0 lua\] "SET" "tidegate:rate:drain" /;

/** What Redis was seen to grant, by its own clock, to whoever asked for the budget. */
export class Grants {
  /** A moment, in milliseconds, for each socket that may go. */
  readonly moments: number[] = [];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async watch(port: number, password: string): Promise<Grants> {
    const args = ['-p', `${port}`, '-a', password, '--no-auth-warning', 'MONITOR'];
    const child = spawn('redis-cli', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const grants = new Grants(child);
    let watching = false;
    let asked = 0;
    createInterface({ input: child.stdout }).on('line', (line) => {
      watching ||= line === 'OK';
      asked = Number(ASKED.exec(line)?.[1] ?? asked);
      const granted = GRANTED.exec(line)?.[1];
      if (granted !== undefined) grants.moments.push(...Array(asked).fill(Number(granted) * 1_000));
    });
    await waitFor('Redis to tell', () => watching || undefined, { everyMilliseconds: 10 });
    return grants;
  }

  async stop(): Promise<void> {
    this.#child.kill();
    await ended(this.#child);
  }
}
