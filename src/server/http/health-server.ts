import { fastify } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { requestId } from '../app/exchange.ts';
import { HttpError } from '../app/http-error.ts';
import { answerError } from './error-response.ts';
import type { HttpServer } from './fastify.ts';
import { answerMalformed } from './malformed.ts';
import { probes } from './probes.ts';
import { RouteMethods } from './route-methods.ts';

/** A server for probes and metrics alone, of a process that serves no clients. */
export function healthServer(log: Logger, options: Parameters<typeof probes>[1]): HttpServer {
  const http = fastify({
    logger: false,
    forceCloseConnections: true,
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    clientErrorHandler: answerMalformed,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  const methods = new RouteMethods(http);
  http.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
  http.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?', 1);
    answerError(methods.refusal({ path }), request, reply);
  });
  http.setErrorHandler((error, request, reply) => {
    log.error({ err: error, requestId: request.id }, 'A request failed');
    answerError(new HttpError(500, 'Internal error'), request, reply);
  });
  probes(http, options);
  return http;
}
