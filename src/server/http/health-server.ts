import { fastify } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { HttpServer } from './fastify.ts';
import { probes } from './probes.ts';

/** A server for probes and metrics alone, of a process that serves no clients. */
export function healthServer(options: Parameters<typeof probes>[1]): HttpServer {
  const http = fastify({ logger: false, forceCloseConnections: true }).withTypeProvider<ZodTypeProvider>();
  http.setNotFoundHandler((_, reply) => reply.code(404).send({ error: 'Not found' }));
  probes(http, options);
  return http;
}
