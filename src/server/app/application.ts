import type { Logger } from 'pino';
import type { Settings } from '../../spec/settings.ts';
import type { Authenticate } from '../auth/authenticator.ts';
import type { Channels } from '../channels/channels.ts';
import type { ApiOptions } from '../http/api-version.ts';
import type { HttpServer } from '../http/fastify.ts';
import type { Address } from '../http/listen.ts';
import type { Room } from '../rooms/rooms.ts';
import type { History } from '../store/history.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { Fleet } from '../workers/fleet.ts';
import type { Dependency } from './dependency.ts';
import type { EndpointOptions, Handler, HandshakeSchemas } from './endpoint.ts';
import type { LifecycleHook } from './lifecycle.ts';
import type { Middleware } from './middleware.ts';

export interface RealtimeOptions {
  readonly settings: Settings;
  /** JSON lines on standard output by default; `openLog(settings)` writes to `logging.destinations`. */
  readonly log?: Logger;
  /** Reads the settings again, so that rotated secrets are taken up; without it they stay as they are. */
  readonly reread?: () => Settings;
  /** The application's own way to find out who sends a request, asked before tokens and API keys are looked at. */
  readonly authenticate?: Authenticate;
  /** The processes that serve the port together; it serves it alone by default. */
  readonly fleet?: Fleet | undefined;
}

/** What a process that only runs tasks does. */
export interface WorkOptions {
  /** Names of the tasks; all by default. */
  readonly tasks?: readonly string[] | undefined;
  /** Where probes and metrics are. */
  readonly health: { readonly host: string; readonly port: number };
}

/** Puts routes on a server. */
export type DefineRoutes = (routes: HttpServer) => void | Promise<void>;

/** A realtime server: endpoints are put on it, then it listens until it is drained. */
export interface RealtimeApp {
  readonly settings: Settings;
  readonly log: Logger;
  /** HTTP routes go here; /healthz, /readyz and /metrics are there already. */
  readonly http: HttpServer;
  /** Chat messages in Postgres. */
  readonly history: History;
  /** Channels, which clients of the Centrifugo protocol subscribe to. */
  readonly channels: Channels;
  /** Work that is queued. */
  readonly tasks: Tasks;
  /** Serves a path such as `/chat/:room`. The first endpoint that matches a request takes it. */
  websocket<const Path extends string>(path: Path, handler: Handler<Path, HandshakeSchemas>): void;
  websocket<const Path extends string, Options extends EndpointOptions>(
    path: Path,
    options: Options,
    handler: Handler<Path, Options>,
  ): void;
  /**
   * Puts HTTP routes under `/api/<version>`, beside those of other versions. Responses of a deprecated one say so.
   *
   * @example
   * app.api('v1', { deprecated: { since: '2026-11-01', successor: 'v2' } }, (routes) => {
   *   routes.get('/rooms', async () => ({ rooms: [] }));
   * });
   */
  api(version: string, define: DefineRoutes): void;
  api(version: string, options: ApiOptions, define: DefineRoutes): void;
  /** Adds middleware, which sees every HTTP request and every WebSocket from then on. */
  use(middleware: Middleware): void;
  /** Adds what starts before the first client comes and stops after the last has gone. */
  hook(hook: LifecycleHook): void;
  /** A dependency outside of any request; one that lives as long as the application. */
  dependency<T>(dependency: Dependency<T>): Promise<T>;
  /** Gives a value in place of what a dependency would open, for tests. */
  override<T>(dependency: Dependency<T>, value: T): void;
  /** A room over all replicas; it exists while it is used. */
  room(name: string): Room;
  /**
   * Begins to listen. Redis and Postgres are connected to meanwhile: /readyz tells.
   *
   * @throws TidegateError TG2003 when the port is taken, TG2004 when the data directory cannot be written to, TG2005 when
   * a start hook fails
   */
  listen(): Promise<Address>;
  /**
   * Runs tasks in place of serving clients; /healthz, /readyz and /metrics are all there is to ask for.
   *
   * @throws TidegateError TG2002 without `redis.host`, since tasks of other processes are in Redis; TG2301 when there is no
   * such task; and as `listen`
   */
  work(options: WorkOptions): Promise<Address>;
  /** Resolves once Redis and Postgres were reached. */
  whenReady(): Promise<void>;
  /** Ends: refuses new clients, closes the others within the budget of the fleet, stores what waits, stops listening. */
  drain(): Promise<void>;
}
