import type { Logger } from 'pino';
import type { ApiClient } from '../api/api-client.ts';
import { isApiError } from '../api/api-error.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { LEASE, pathOf } from '../kinds.ts';
import type { Metrics } from './metrics.ts';
import { pause } from './pause.ts';
import { HeldTerm, type Term } from './term.ts';

export interface LeaderElectionOptions {
  readonly client: ApiClient;
  readonly namespace: string;
  /** Name of the Lease. */
  readonly name: string;
  /** Who this process is; no two may have the same. */
  readonly identity: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** As in controller-runtime by default: 15, 10 and 2 seconds. */
  readonly timing?: LeaseTiming | undefined;
}

/** Milliseconds. The renew deadline is shorter than the lease, so that who lost it stops before the next one starts. */
export interface LeaseTiming {
  readonly leaseMs: number;
  readonly renewDeadlineMs: number;
  readonly retryMs: number;
}

const TIMING: LeaseTiming = { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };

/** How long work in hand may take to finish after a stop. */
const GRACE_MS = 5_000;

interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/**
 * Leads while it holds a Lease, and contends for it otherwise.
 *
 * @see https://kubernetes.io/docs/concepts/architecture/leases/
 */
export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #timing: LeaseTiming;
  #lease: Lease | undefined;
  /** When, by our own clock, the lease was last seen to change: clocks of two machines are not compared. */
  #changedAt = 0;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#timing = options.timing ?? TIMING;
  }

  /**
   * Calls `lead` each time the lease is won. `lead` returns when its term is lost or when it has finished after `stop`; then
   * the lease is released. What takes longer than `GRACE_MS` to finish is given up.
   */
  async run(lead: (term: Term) => Promise<void>, stop: AbortSignal): Promise<void> {
    const { log, metrics, name, identity } = this.#options;
    while (!stop.aborted) {
      const renewedAt = await this.#contend(stop);
      if (renewedAt === undefined) return;
      const term = new HeldTerm(renewedAt, this.#timing.renewDeadlineMs);
      const finished = new AbortController();
      log.info({ lease: name, identity }, 'Became leader');
      metrics.leading.set({ name }, 1);
      const giveUp = () => setTimeout(() => term.end('stopped'), GRACE_MS).unref();
      stop.addEventListener('abort', giveUp, { once: true });
      const leading = lead(term).finally(() => finished.abort());
      await this.#renew(term, finished.signal);
      metrics.leading.set({ name }, 0);
      if (term.lostBy === 'lease') log.warn({ lease: name, identity }, 'Lost the lease; writes have stopped');
      await leading;
      stop.removeEventListener('abort', giveUp);
      if (term.lostBy !== 'lease') {
        term.end('stopped');
        await this.#release();
      }
    }
  }

  /** Tries until the lease is won; when it was, by our own clock. */
  async #contend(stop: AbortSignal): Promise<number | undefined> {
    const { log, name } = this.#options;
    while (!stop.aborted) {
      const started = performance.now();
      try {
        await this.#read(stop);
        if (this.#isFree() && (await this.#claim(stop))) return started;
      } catch (error) {
        if (!stop.aborted)
          log.warn({ lease: name, error: (error as Error).message }, 'Could not read the lease');
      }
      await pause(this.#timing.retryMs * (0.8 + 0.4 * Math.random()), stop);
    }
    return undefined;
  }

  /** Renews until it fails for too long, somebody else holds the lease, or there is no more need. */
  async #renew(term: HeldTerm, finished: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([term.lost, finished]);
    while (true) {
      await pause(this.#timing.retryMs, signal);
      if (signal.aborted) return;
      const started = performance.now();
      try {
        if (await this.#claim(signal)) term.renewed(started);
        else {
          await this.#read(signal);
          if (this.#lease?.spec?.holderIdentity !== this.#options.identity) return term.end('lease');
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#options.log.warn(
          { error: (error as Error).message },
          'Could not renew the lease; trying again',
        );
      }
    }
  }

  #isFree(): boolean {
    const spec = this.#lease?.spec;
    if (!spec?.holderIdentity || spec.holderIdentity === this.#options.identity) return true;
    return performance.now() - this.#changedAt > (spec.leaseDurationSeconds ?? 0) * 1_000;
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { namespace, name } = this.#options;
    try {
      this.#observe(await this.#json<Lease>('GET', pathOf(LEASE, namespace, name), undefined, signal));
    } catch (error) {
      if (!isApiError(error, 404)) throw error;
      this.#lease = undefined;
    }
  }

  /** Writes ourselves into the lease as it was last seen; false when it has changed since. */
  async #claim(signal: AbortSignal): Promise<boolean> {
    const { identity } = this.#options;
    const before = this.#lease?.spec;
    const now = microTime();
    const renewing = before?.holderIdentity === identity;
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#timing.leaseMs / 1_000),
      acquireTime: renewing ? (before.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (before?.leaseTransitions ?? 0) + (renewing || before === undefined ? 0 : 1),
    };
    return this.#write(spec, signal);
  }

  async #release(): Promise<void> {
    const { log, name } = this.#options;
    const leaseTransitions = this.#lease?.spec?.leaseTransitions ?? 0;
    const spec = { holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(), leaseTransitions };
    try {
      await this.#write(spec, AbortSignal.timeout(2_000));
      log.info({ lease: name }, 'Released the lease');
    } catch (error) {
      log.warn(
        { lease: name, error: (error as Error).message },
        'Could not release the lease; it will expire',
      );
    }
  }

  async #write(spec: NonNullable<Lease['spec']>, signal: AbortSignal): Promise<boolean> {
    const { namespace, name } = this.#options;
    const { apiVersion, kind } = LEASE;
    const metadata = { name, namespace, resourceVersion: this.#lease?.metadata.resourceVersion };
    const body = { apiVersion, kind, metadata, spec };
    const create = this.#lease === undefined;
    const path = create ? pathOf(LEASE, namespace) : pathOf(LEASE, namespace, name);
    try {
      this.#observe(await this.#json<Lease>(create ? 'POST' : 'PUT', path, body, signal));
      return true;
    } catch (error) {
      if (isApiError(error, 409)) return false;
      if (!create && isApiError(error, 404)) {
        this.#lease = undefined;
        return false;
      }
      throw error;
    }
  }

  #json<T>(method: 'GET' | 'POST' | 'PUT', path: string, body: unknown, signal: AbortSignal): Promise<T> {
    // One slow answer must leave time for another attempt before the deadline.
    const deadlineMs = this.#timing.renewDeadlineMs / 2;
    return this.#options.client.json<T>({ method, path, body, signal, deadlineMs });
  }

  #observe(lease: Lease): void {
    if (lease.metadata.resourceVersion !== this.#lease?.metadata.resourceVersion)
      this.#changedAt = performance.now();
    this.#lease = lease;
  }
}

/** Lease times have six digits after the second. */
function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
