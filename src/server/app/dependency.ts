import type { Logger } from 'pino';
import type { Settings } from '../../spec/settings.ts';
import type { Database } from '../store/database.ts';
import type { AddBackground } from '../tasks/background.ts';
import type { Exchange } from './exchange.ts';

/**
 * How long a value lives: as long as the application, one connection (a WebSocket; of HTTP, the request), or one request
 * (of HTTP, the request; of a channel, the remote call).
 */
export type Scope = 'application' | 'connection' | 'request';

/** What is there when a dependency is opened. */
export interface DependencyContext {
  readonly settings: Settings;
  readonly log: Logger;
  /** Postgres: the server that the settings name, or the embedded one. */
  readonly database: Database;
  /** The client it is opened for; undefined for one that lives as long as the application. */
  readonly exchange: Exchange | undefined;
  /** As `request.background`; of a dependency that lives as long as the application, it waits for no response. */
  readonly background: AddBackground;
  /** Another dependency, which must live at least as long. */
  use<T>(dependency: Dependency<T>): Promise<T>;
}

type Surroundings = Omit<DependencyContext, 'use'>;

/** Something handlers need, opened when it is first used in its scope, and closed with it. */
export interface Dependency<T> {
  readonly name: string;
  readonly scope: Scope;
  open(context: DependencyContext): T | Promise<T>;
  close?(value: T): void | Promise<void>;
}

/**
 * Defines a dependency.
 *
 * @example
 * const clock = dependency({ name: 'clock', scope: 'application', open: () => new Clock(), close: (it) => it.stop() });
 * app.http.get('/time', async (request) => (await request.use(clock)).now());
 */
export function dependency<T>(definition: Dependency<T>): Dependency<T> {
  return definition;
}

const LONGEVITY: Readonly<Record<Scope, number>> = { request: 0, connection: 1, application: 2 };

/** The values of one scope. Each is opened once, however many ask for it, and all are closed in reverse order. */
export class DependencyScope {
  readonly #scope: Scope;
  readonly #parent: DependencyScope | undefined;
  /** All of it for the application; within it, what is of this scope alone. */
  readonly #context: Surroundings;
  readonly #overrides: Map<Dependency<unknown>, unknown>;
  readonly #values = new Map<Dependency<unknown>, Promise<unknown>>();
  readonly #closing: (() => Promise<void>)[] = [];

  constructor(context: Surroundings, scope: Scope = 'application', parent?: DependencyScope) {
    this.#context = context;
    this.#scope = scope;
    this.#parent = parent;
    this.#overrides = parent === undefined ? new Map() : parent.#overrides;
  }

  /** A scope within this one. The logger of its client is made when something is opened, which may be never. */
  child(scope: Scope, context: Partial<Surroundings>): DependencyScope {
    return new DependencyScope(context as Surroundings, scope, this);
  }

  /** Gives a value in place of what the dependency would open, in all scopes; for tests. */
  override<T>(dependency: Dependency<T>, value: T): void {
    this.#overrides.set(dependency as Dependency<unknown>, value);
  }

  use<T>(dependency: Dependency<T>): Promise<T> {
    const key = dependency as Dependency<unknown>;
    if (this.#overrides.has(key)) return Promise.resolve(this.#overrides.get(key) as T);
    const parent = this.#parent;
    if (parent !== undefined && LONGEVITY[dependency.scope] >= LONGEVITY[parent.#scope])
      return parent.use(dependency);
    if (parent === undefined && dependency.scope !== 'application') {
      const reason = `${dependency.name} lives as long as a ${dependency.scope}, and is asked for by the application`;
      return Promise.reject(new Error(reason));
    }
    const known = this.#values.get(key);
    if (known !== undefined) return known as Promise<T>;
    const opened = this.#open(dependency);
    this.#values.set(key, opened);
    // What could not be opened is tried again by who asks next.
    opened.catch(() => this.#values.delete(key));
    return opened;
  }

  /** Closes what was opened here, the last first. What fails is logged, and the others are closed all the same. */
  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
  }

  async #open<T>(dependency: Dependency<T>): Promise<T> {
    const surroundings = this.#surroundings();
    const value = await dependency.open({ ...surroundings, use: (other) => this.use(other) });
    this.#closing.push(async () => {
      try {
        await dependency.close?.(value);
      } catch (error) {
        surroundings.log.error(
          { err: error, dependency: dependency.name },
          'A dependency could not be closed',
        );
      }
    });
    return value;
  }

  #surroundings(): Surroundings {
    const parent = this.#parent;
    const { exchange } = this.#context;
    return {
      ...(parent === undefined ? {} : parent.#surroundings()),
      ...(exchange && { log: exchange.log }),
      ...this.#context,
    };
  }
}
