import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../test/cluster/wait-for.ts';
import { freePort } from '../../test/integration/server/stores/store-process.ts';
import { type PinnedProcess, startPinned } from '../pinned-process.ts';
import { Front } from './front.ts';
import type { Subject, Surroundings } from './subjects.ts';

/** From the stop signal to the end of a replica, at the most. */
const LONGEST_LEAVE_SECONDS = 600;

/** Replicas of a subject, as real processes behind a real proxy. */
export class Fleet {
  readonly front: Front;
  readonly #subject: Subject;
  readonly #surroundings: Omit<Surroundings, 'port' | 'directory'>;
  readonly #directory: string;
  #replicas: readonly PinnedProcess[] = [];
  #spares: readonly PinnedProcess[] = [];
  #started = 0;

  private constructor(
    subject: Subject,
    surroundings: Omit<Surroundings, 'port' | 'directory'>,
    directory: string,
    front: Front,
  ) {
    this.#subject = subject;
    this.#surroundings = surroundings;
    this.#directory = directory;
    this.front = front;
  }

  static async start(
    subject: Subject,
    surroundings: Omit<Surroundings, 'port' | 'directory'>,
    directory: string,
  ): Promise<Fleet> {
    const fleet = new Fleet(subject, surroundings, directory, await Front.start(directory, [1]));
    await fleet.prepare(surroundings.replicas);
    fleet.#add(surroundings.replicas);
    await fleet.#route();
    return fleet;
  }

  /** Starts those that will take the place of others: on nodes of their own they would take nobody's processor meanwhile. */
  async prepare(count: number): Promise<void> {
    const started = Array.from({ length: count }, () => this.#start());
    this.#spares = [...this.#spares, ...(await Promise.all(started))];
  }

  /** All new ones come first; then the old ones leave together. */
  async rollout(): Promise<void> {
    const old = this.#replicas;
    this.#add(old.length);
    await this.#retire(old);
  }

  /** One is gone without a word, and another takes its place. */
  async kill(): Promise<void> {
    const [victim, ...others] = this.#replicas as readonly [PinnedProcess, ...PinnedProcess[]];
    await victim.stop();
    this.#replicas = others;
    await this.#route();
    this.#add(1);
    await this.#route();
  }

  async scaleIn(): Promise<void> {
    await this.#retire(this.#replicas.slice(0, 1));
  }

  /** A disruption budget of one: the next leaves when another has taken the place of the one before. */
  async nodeDrain(): Promise<void> {
    const leaving = this.#replicas.slice(0, halfOf(this.#replicas.length));
    const gone: Promise<void>[] = [];
    for (const replica of leaving) {
      gone.push(this.#retire([replica]));
      this.#add(1);
      await this.#route();
    }
    await Promise.all(gone);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#replicas, ...this.#spares].map((replica) => replica.stop()));
    await this.front.stop();
  }

  #add(count: number): void {
    this.#replicas = [...this.#replicas, ...this.#spares.slice(0, count)];
    this.#spares = this.#spares.slice(count);
  }

  async #start(): Promise<PinnedProcess> {
    this.#started += 1;
    const core = this.#started % cpus().length;
    const directory = join(this.#directory, `replica-${this.#started}`);
    mkdirSync(directory);
    const port = await freePort();
    return startPinned(this.#subject.server({ ...this.#surroundings, port, directory }), {
      core,
      port,
      directory,
    });
  }

  #route(): Promise<void> {
    return this.front.route(this.#replicas.map(({ port }) => port));
  }

  /** Takes some out of the route, tells them to stop, and waits until they have. */
  async #retire(leaving: readonly PinnedProcess[]): Promise<void> {
    this.#replicas = this.#replicas.filter((replica) => !leaving.includes(replica));
    await this.#route();
    for (const { pid } of leaving) process.kill(pid, 'SIGTERM');
    await Promise.all(
      leaving.map(({ pid }) =>
        waitFor('a replica to leave', () => !isAlive(pid) || undefined, { seconds: LONGEST_LEAVE_SECONDS }),
      ),
    );
  }
}

/** Replicas on one of two nodes. */
export function halfOf(replicas: number): number {
  return Math.max(1, Math.floor(replicas / 2));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
