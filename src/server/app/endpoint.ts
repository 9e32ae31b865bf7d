import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { User } from '../auth/user.ts';
import type { Trace } from '../observability/trace-context.ts';
import type { AddBackground } from '../tasks/background.ts';
import type { Socket } from '../transport/socket.ts';
import type { Dependency } from './dependency.ts';

/** Parameters of a path: `PathParams<'/chat/:room'>` is `{ readonly room: string }`. */
export type PathParams<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? SegmentParams<Segment> & PathParams<Rest>
  : SegmentParams<Path>;
type SegmentParams<Segment extends string> = Segment extends `:${infer Name}`
  ? { readonly [Key in Name]: string }
  : unknown;

/** What a handshake must bring along, checked before the upgrade; what does not fit is refused with 422. */
export interface HandshakeSchemas {
  readonly params?: z.ZodType;
  /** Of the query; a name that is given more than once is an array. */
  readonly query?: z.ZodType;
  /** By lower-case names. */
  readonly headers?: z.ZodType;
  readonly cookies?: z.ZodType;
}

type Checked<Schemas, Name extends keyof HandshakeSchemas, Otherwise> = Schemas extends {
  readonly [Key in Name]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : Otherwise;
type Texts = Readonly<Record<string, string>>;

/** What a handler learns of the request. */
export interface Request<Path extends string = string, Schemas extends HandshakeSchemas = HandshakeSchemas> {
  /** The id that is in the log and in errors. */
  readonly id: string;
  /** Address of the client; behind `trustedProxies` the one they tell. */
  readonly ip: string;
  readonly params: Checked<Schemas, 'params', string extends Path ? Texts : PathParams<Path>>;
  readonly query: Checked<Schemas, 'query', Texts>;
  readonly headers: Checked<Schemas, 'headers', IncomingHttpHeaders>;
  readonly cookies: Checked<Schemas, 'cookies', Texts>;
  /** Who the client has proved to be; undefined where the endpoint asks for no proof and none was given. */
  readonly user: User | undefined;
  /**
   * Extends the connection, which is closed with 4401 when the proof of its user ends, by a newer token of the same user.
   *
   * @throws HttpError 401 when the token is not good, 403 when it is of someone else, 503 when it cannot be checked now
   */
  refresh(token: string): Promise<User>;
  /**
   * Its place in a trace over many services, which its lines of log have as well. Calls to others pass it on.
   *
   * @example
   * await fetch(url, { headers: { traceparent: request.trace.traceparent } });
   */
  readonly trace: Trace;
  readonly log: Logger;
  /** Gives what the handler depends on; it is closed when its scope ends. */
  use<T>(dependency: Dependency<T>): Promise<T>;
  /**
   * Runs a function that nobody waits for: at once, and what was added before it first. Dependencies stay open for it. What
   * fails is logged with the request's id. When the server drains, it has until `drain.timeoutSeconds` to end.
   *
   * @example
   * request.background('welcome', () => mail.send(user));
   */
  readonly background: AddBackground;
}

/** What /asyncapi.json tells of an endpoint's messages; they are not checked against it. */
export interface MessageDescription {
  readonly summary?: string;
  /** What clients send. */
  readonly receives?: z.ZodType;
  /** What clients get. */
  readonly sends?: z.ZodType;
}

export interface EndpointOptions extends HandshakeSchemas {
  readonly messages?: MessageDescription;
  /** `required` refuses who has no valid token or key; `optional` (the default) lets everyone in. */
  readonly auth?: 'required' | 'optional';
  /**
   * Whether this user may come in, asked before the upgrade, once all else is in order; who may not gets 403. Without a
   * proof there is no user, unless `auth` requires one.
   */
  readonly allow?: (user: User | undefined, request: Request) => boolean | Promise<boolean>;
}

/** Serves one client. When it returns the socket is closed with 1000, when it throws with 1011. */
export type Handler<Path extends string = string, Schemas extends HandshakeSchemas = HandshakeSchemas> = (
  socket: Socket,
  request: Request<Path, Schemas>,
) => Promise<void>;
