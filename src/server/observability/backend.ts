import type { Logger } from 'pino';

/** Redis or Postgres, as /readyz and the metrics tell of it. */
export class Backend {
  readonly name: string;
  readonly #log: Logger;
  #status: 'connecting' | 'up' | 'down' = 'connecting';
  #reason: string | undefined;
  #wasUp = false;
  readonly #waiting: (() => void)[] = [];

  constructor(name: string, log: Logger) {
    this.name = name;
    this.#log = log;
  }

  get isUp(): boolean {
    return this.#status === 'up';
  }

  /**
   * Whether new clients should go elsewhere because of it. Only until it was there once: a wrong password ends a rollout,
   * but when what all replicas share goes away, there is no elsewhere.
   */
  get blocks(): boolean {
    return !this.#wasUp;
  }

  up(): void {
    if (this.isUp) return;
    this.#log.info({ backend: this.name }, `${this.name} is up`);
    this.#status = 'up';
    this.#reason = undefined;
    this.#wasUp = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  down(error: unknown): void {
    const reason = reasonOf(error);
    if (this.#status === 'down' && this.#reason === reason) return;
    this.#log.warn({ backend: this.name, reason, detail: messageOf(error) }, `${this.name} is down`);
    this.#status = 'down';
    this.#reason = reason;
  }

  /** Resolves once it is up. */
  whenUp(): Promise<void> {
    return this.isUp ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** For /readyz, which anyone may read: a code, no host names. */
  report(): { status: string; reason?: string } {
    return this.#reason === undefined
      ? { status: this.#status }
      : { status: this.#status, reason: this.#reason };
  }
}

/** A short code that is safe to show: `ECONNREFUSED`, `28P01`, `WRONGPASS`. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string' && code !== '') return code;
  return /^[A-Z]{4,}\b/.exec(messageOf(error))?.[0] ?? 'unreachable';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
