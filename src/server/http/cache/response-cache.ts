import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, type Registry } from 'prom-client';
import type { HttpServer } from '../fastify.ts';
import { type CacheRule, cacheKey } from './cache-key.ts';
import type { CachedResponse, CacheStore } from './cache-store.ts';
import { entityTag, namesTag } from './entity-tag.ts';
import { Loads, type Outcome } from './loads.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Has the responses of a GET route cached, with an `ETag` and `Cache-Control`. */
    cache?: CacheRule;
  }
  interface FastifyRequest {
    /** What the cache has found for it, or how to tell those who wait for the same. */
    cacheStep:
      | { readonly kind: 'hit'; readonly response: CachedResponse }
      | { readonly kind: 'load'; readonly key: string; readonly end: (outcome: Outcome) => void }
      | undefined;
  }
}

/** Larger ones are not kept. */
const MOST_CHARACTERS = 1_048_576;

/** Caches responses of GET routes whose `config.cache` says so. When many ask for what is not there, one load serves all. */
export function responseCache(http: HttpServer, store: CacheStore, metrics: Registry): void {
  const loads = new Loads();
  const results = new Counter({
    name: 'tidegate_http_cache_total',
    help: 'Requests of cached routes: hits, misses, those that waited for one, those that passed the cache by',
    labelNames: ['result'],
    registers: [metrics],
  });

  async function lookUp(rule: CacheRule, request: FastifyRequest, reply: FastifyReply) {
    const key = cacheKey(request, rule);
    if (key === undefined) {
      results.inc({ result: 'passed by' });
      reply.header('cache-control', 'no-store');
      return;
    }
    let result = 'hit';
    for (let other = loads.running(key); other !== undefined; other = loads.running(key)) {
      result = 'waited';
      const outcome = await other;
      if (typeof outcome === 'object') return hit(result, outcome);
      if (outcome === 'not to be shared') return;
    }
    const end = loads.begin(key);
    // Where the client goes before the handler answers, one of those who wait takes over.
    reply.raw.once('close', () => end('abandoned'));
    const known = await store.get(key);
    if (known !== undefined) {
      end(known);
      return hit(result, known);
    }
    results.inc({ result: 'miss' });
    request.cacheStep = { kind: 'load', key, end };

    function hit(how: string, response: CachedResponse) {
      results.inc({ result: how });
      request.cacheStep = { kind: 'hit', response };
      return reply.type(response.type).send(response.body);
    }
  }

  function keep(rule: CacheRule, request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
    const step = request.cacheStep;
    if (step === undefined) return payload;
    const response = step.kind === 'hit' ? step.response : responseOf(reply, payload);
    if (step.kind === 'load') {
      step.end(response ?? 'not to be shared');
      if (response !== undefined) void store.set(step.key, response, rule.seconds);
    }
    if (response === undefined) return payload;
    const { etag, at } = response;
    const age = Math.max(0, Math.floor((Date.now() - at) / 1_000));
    const scope = request.exchange.user === undefined ? 'public' : 'private';
    reply.header('etag', etag).header('cache-control', `${scope}, max-age=${rule.seconds}`);
    if (step.kind === 'hit') reply.header('age', age);
    if (!namesTag(request.headers['if-none-match'], etag)) return payload;
    reply.code(304).removeHeader('content-length').removeHeader('content-type');
    return '';
  }

  http.decorateRequest('cacheStep', undefined);
  http.addHook('onRoute', (route) => {
    const rule = route.config?.cache;
    if (rule === undefined || route.method !== 'GET') return;
    const vary = rule.vary?.join(', ');
    route.preHandler = [route.preHandler ?? []].flat();
    // The last one, so that whatever else may refuse a request has done so.
    route.preHandler.push(async (request, reply) => {
      if (request.method !== 'GET') return;
      if (vary !== undefined) appendVary(reply, vary);
      return lookUp(rule, request, reply);
    });
    route.onSend = [
      async (request: FastifyRequest, reply: FastifyReply, payload: unknown) =>
        keep(rule, request, reply, payload),
      ...[route.onSend ?? []].flat(),
    ];
  });
}

function responseOf(reply: FastifyReply, payload: unknown): CachedResponse | undefined {
  if (reply.statusCode !== 200 || typeof payload !== 'string' || payload.length > MOST_CHARACTERS)
    return undefined;
  // What is for one client alone, or what the handler decided on itself.
  if (reply.hasHeader('set-cookie') || reply.hasHeader('cache-control')) return undefined;
  const type = String(reply.getHeader('content-type') ?? 'application/json; charset=utf-8');
  return { type, body: payload, etag: entityTag(payload), at: Date.now() };
}

function appendVary(reply: FastifyReply, names: string): void {
  const before = reply.getHeader('vary');
  reply.header('vary', before === undefined ? names : `${before}, ${names}`);
}
