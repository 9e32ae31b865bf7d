import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Dependency, DependencyScope } from '../app/dependency.ts';
import type { Exchange } from '../app/exchange.ts';
import type { User } from '../auth/user.ts';
import type { Trace } from '../observability/trace-context.ts';
import type { AddBackground, BackgroundLine } from '../tasks/background.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * `required` refuses who has no valid token or key, `optional` only who has one that is not valid. Without it proofs are
     * not looked at, and there is no user. `api` is for other servers: it refuses who has no API key of that scope.
     */
    auth?: 'required' | 'optional' | 'api';
  }
  interface FastifyRequest {
    exchange: Exchange;
    scope: DependencyScope;
    backgroundLine: BackgroundLine;
    /** Whether its client has gone before it was answered. */
    abandoned: boolean;
    /** Who the client has proved to be. */
    readonly user: User | undefined;
    /** Its place in a trace over many services, as of a WebSocket's request. */
    readonly trace: Trace;
    readonly cookies: Readonly<Record<string, string | undefined>>;
    /** Gives what the handler depends on; it is closed once the response is sent and background work is done. */
    use<T>(dependency: Dependency<T>): Promise<T>;
    /**
     * Runs a function once the response is sent, one after the other; a handler that throws takes them back. What fails is
     * logged with the request's id. When the server drains, it has until `drain.timeoutSeconds` to end.
     */
    readonly background: AddBackground;
  }
}

/** Fastify whose routes take zod schemas. */
export type HttpServer = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
