import { setTimeout as sleep } from 'node:timers/promises';
import { TidegateError } from '../../spec/errors.ts';
import type { Backend } from '../observability/backend.ts';
import { failureOf, type RedisClient, redisClient } from '../store/redis-client.ts';
import type { RedisTarget } from '../store/redis-target.ts';

export interface RedisConnectionsOptions {
  readonly redis: RedisTarget;
  readonly backend: Backend;
}

/** Who enqueues waits no longer. */
const COMMAND_TIMEOUT_MS = 3_000;

/** The connections to Redis that all queues of a process share: one for who waits for an answer, one for taking jobs. */
export class RedisConnections {
  /** Its commands succeed or fail at once. */
  readonly commands: RedisClient;
  /** Its commands wait until Redis is back: what is running is to be noted as done all the same. */
  readonly workers: RedisClient;

  #closed = false;

  constructor({ redis, backend }: RedisConnectionsOptions) {
    this.commands = redisClient({ redis, timeoutMs: COMMAND_TIMEOUT_MS });
    this.workers = redisClient({ redis });
    // Of the copies that BullMQ makes: what it connects itself it gives up with the first attempt that fails.
    this.workers.options.lazyConnect = false;
    for (const client of [this.commands, this.workers]) {
      client.on('error', (error) => {
        const failure = failureOf(error);
        if (failure !== undefined) backend.down(failure);
      });
      client.on('close', () => {
        if (backend.isUp && !this.#closed) backend.down(new Error('CLOSED by Redis'));
      });
      client.on('ready', () => {
        if (this.commands.status === 'ready' && this.workers.status === 'ready') backend.up();
      });
      // It begins before BullMQ gets it, which would take a first attempt that fails for the last.
      client.connect().catch(() => {});
    }
  }

  /** @throws TidegateError TG2303 when Redis cannot be reached, or refuses */
  async ask<T>(task: string, question: () => Promise<T>): Promise<T> {
    if (this.#closed) throw TidegateError.of('TG2303', task, 'The process ends');
    try {
      if (this.commands.status !== 'ready') await this.#ready();
      return await question();
    } catch (error) {
      throw TidegateError.of('TG2303', task, `Redis gave no answer: ${(error as Error).message}`);
    }
  }

  close(): void {
    this.#closed = true;
    this.commands.disconnect();
    this.workers.disconnect();
  }

  async #ready(): Promise<void> {
    const waited = new AbortController();
    let connected = () => {};
    const ready = new Promise<void>((resolve) => {
      connected = resolve;
      this.commands.once('ready', resolve);
    });
    const tooLong = sleep(COMMAND_TIMEOUT_MS, undefined, { signal: waited.signal }).then(
      () => {
        throw new Error('it cannot be reached');
      },
      () => {},
    );
    try {
      await Promise.race([ready, tooLong]);
    } finally {
      waited.abort();
      this.commands.off('ready', connected);
    }
  }
}
