import { readConnections } from './read-connections.ts';
import type { ServerPod } from './server-pods.ts';

/** Autoscalers look every 15 s, so that nobody waits for a newer count than this. */
const FRESH_MS = 5_000;
const TIMEOUT_MS = 2_000;
/** Servers that are asked at a time. */
const AT_ONCE = 128;

/** How many clients were connected to a pod, and when. */
export interface Count {
  readonly pod: ServerPod;
  readonly connections: number;
  readonly at: Date;
}

interface Reading {
  readonly since: number;
  readonly count: Promise<Count | undefined>;
}

/** Counts the connections of servers, and remembers for a few seconds, so that many who ask cost one reading. */
export class ConnectionCounts {
  readonly #readings = new Map<string, Reading>();
  readonly #waiting: (() => void)[] = [];
  #asked = 0;

  /** Counts of those that answer, in their order. */
  async of(pods: readonly ServerPod[]): Promise<readonly Count[]> {
    this.#forget();
    const counts = await Promise.all(pods.map((pod) => this.#reading(pod).count));
    return counts.filter((count) => count !== undefined);
  }

  #reading(pod: ServerPod): Reading {
    const known = this.#readings.get(pod.uid);
    if (known !== undefined) return known;
    const reading = { since: performance.now(), count: this.#read(pod) };
    this.#readings.set(pod.uid, reading);
    return reading;
  }

  async #read(pod: ServerPod): Promise<Count | undefined> {
    await this.#turn();
    try {
      return { pod, connections: await readConnections(pod.url, TIMEOUT_MS), at: new Date() };
    } catch {
      // It is starting or ending; who asks is told of the others, and judges by itself what a missing pod means.
      return undefined;
    } finally {
      this.#asked -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#asked >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#asked += 1;
  }

  #forget(): void {
    const oldest = performance.now() - FRESH_MS;
    for (const [uid, { since }] of this.#readings) if (since < oldest) this.#readings.delete(uid);
  }
}
