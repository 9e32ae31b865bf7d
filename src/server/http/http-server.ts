import { parseCookie } from 'cookie';
import { type FastifyRequest, fastify } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Settings } from '../../spec/settings.ts';
import type { Dependency, DependencyScope } from '../app/dependency.ts';
import { ClientExchange, type Exchange, requestId } from '../app/exchange.ts';
import type { Middlewares } from '../app/middleware.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { proofNeeded } from '../auth/refusal.ts';
import type { Background } from '../tasks/background.ts';
import type { UpgradeRequest } from '../websocket/upgrade-request.ts';
import { browserHeaders } from './browser-headers.ts';
import type { CacheStore } from './cache/cache-store.ts';
import { responseCache } from './cache/response-cache.ts';
import { compression } from './compression.ts';
import { answerError } from './error-response.ts';
import type { HttpServer } from './fastify.ts';
import { answerMalformed } from './malformed.ts';
import { RouteMethods } from './route-methods.ts';

interface HttpOptions {
  readonly settings: Settings;
  readonly middlewares: Middlewares;
  readonly authenticator: Authenticator;
  readonly scope: DependencyScope;
  readonly background: Background;
  /** The client's address, which a trusted proxy may tell. */
  readonly addressOf: (request: UpgradeRequest) => string;
  /** Where responses are cached. */
  readonly cache: CacheStore;
  readonly metrics: Registry;
  readonly log: Logger;
}

const WEBSOCKET = /websocket/i;
const CHECK_HEADS_EVERY_MS = 1_000;
/** For the whole of a request, its body included. */
const REQUEST_TIMEOUT_MS = 60_000;

/** The HTTP side of an application: each request passes the same middleware, checks and scopes as a WebSocket. */
export function httpServer({
  settings,
  middlewares,
  authenticator,
  scope,
  background,
  addressOf,
  cache,
  metrics,
  log,
}: HttpOptions): HttpServer {
  const http = fastify({
    logger: false,
    forceCloseConnections: true,
    // Who sends its head byte by byte holds a connection for no longer than this.
    http: {
      headersTimeout: settings.limits.handshakeSeconds * 1_000,
      connectionsCheckingInterval: CHECK_HEADS_EVERY_MS,
      // Who asks for something else beside, as curl does for HTTP/2, gets its answer in HTTP/1.1.
      shouldUpgradeCallback: ({ headers }) => WEBSOCKET.test(headers.upgrade ?? ''),
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: settings.trustedProxies.length > 0 ? settings.trustedProxies : false,
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    bodyLimit: settings.http.bodyBytes,
    clientErrorHandler: answerMalformed,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  const methods = new RouteMethods(http);
  http.setValidatorCompiler(validatorCompiler);
  http.setSerializerCompiler(serializerCompiler);
  http.decorateRequest('abandoned', false);
  http.decorateRequest('exchange');
  http.decorateRequest('scope');
  http.decorateRequest('backgroundLine');
  http.decorateRequest('user', {
    getter(this: FastifyRequest) {
      return this.exchange.user;
    },
  });
  http.decorateRequest('trace', {
    getter(this: FastifyRequest) {
      return this.exchange.trace;
    },
  });
  http.decorateRequest('cookies', {
    getter(this: FastifyRequest) {
      return parseCookie(this.headers.cookie ?? '');
    },
  });
  http.decorateRequest('use', function use<T>(this: FastifyRequest, dependency: Dependency<T>) {
    return this.scope.use(dependency);
  });
  http.decorateRequest('background', {
    getter(this: FastifyRequest) {
      return this.backgroundLine.add;
    },
  });

  http.addHook('onRequest', async (request, reply) => {
    request.exchange = exchangeOf(request, { addressOf, log });
    const { exchange } = request;
    request.backgroundLine = background.line(exchange, 'until released');
    request.scope = scope.child('connection', {
      exchange,
      background: request.backgroundLine.add,
    });
    reply.header('x-request-id', request.id);
    // Fastify's onResponse says nothing of clients that go before they are answered.
    reply.raw.once('close', () => {
      if (reply.raw.headersSent) ended(request, reply.statusCode);
      else request.abandoned = true;
    });
  });
  // Before anything may refuse, so that pages can read refusals too.
  browserHeaders(http, settings);
  http.addHook('onRequest', async (request) => {
    await middlewares.request(request.exchange);
    const { auth } = request.routeOptions.config;
    if (auth === 'api') authenticator.caller(request.headers);
    else if (auth !== undefined) {
      const query = new URL(request.url, 'http://localhost').searchParams;
      request.exchange.user = await authenticator.user({ headers: request.headers, query });
      if (request.exchange.user === undefined && auth === 'required') {
        throw proofNeeded();
      }
    }
    await middlewares.admit(request.exchange);
  });
  http.addHook('onSend', async (request, reply, payload) => {
    request.exchange.status = reply.statusCode;
    middlewares.headers(request.exchange, { set: (name, value) => reply.header(name, value) });
    // Its handler is done only now.
    if (request.abandoned) ended(request, undefined);
    return payload;
  });
  const ended = (request: FastifyRequest, status: number | undefined) => {
    request.exchange.status = status;
    middlewares.end(request.exchange);
    void request.backgroundLine.release().then(() => request.scope.close());
  };

  http.setErrorHandler((error, request, reply) => {
    request.backgroundLine.drop();
    answerError(error, request, reply);
  });
  // Fastify's own answer repeats the URL, and with it a token in the query.
  http.setNotFoundHandler((request, reply) => answerError(methods.refusal(request.exchange), request, reply));
  responseCache(http, cache, metrics);
  compression(http, settings.http.compressAboveBytes);
  return http;
}

function exchangeOf(
  { id, method, url, raw, is404, routeOptions }: FastifyRequest,
  shared: Pick<HttpOptions, 'addressOf' | 'log'>,
): Exchange {
  const exchange = new ClientExchange('http', id, method, url.split('?', 1)[0] ?? '', raw, shared);
  exchange.route = is404 ? undefined : routeOptions.url;
  return exchange;
}
