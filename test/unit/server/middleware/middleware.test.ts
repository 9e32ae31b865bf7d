import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import {
  accessLog,
  addressFilter,
  allowedHosts,
  connectionLimits,
  HttpError,
  type Middleware,
  processTime,
  slowRequests,
} from '../../../../src/server/index.ts';
import { requestMetrics } from '../../../../src/server/middleware/request-metrics.ts';
import { exchangeOf } from './exchange-of.ts';

/** The status a middleware refuses with, or `passes`. */
function verdict(middleware: Middleware, given: Parameters<typeof exchangeOf>[0]): unknown {
  try {
    middleware.onRequest?.(exchangeOf(given).exchange);
    return 'passes';
  } catch (error) {
    return error instanceof HttpError ? error.status : error;
  }
}

describe('GIVEN lists of addresses', () => {
  const verdicts = (middleware: Middleware, ips: readonly string[]) =>
    ips.map((ip) => verdict(middleware, { ip }));

  it('WHEN only some are denied THEN all others pass', () => {
    const filter = addressFilter({ allow: [], deny: ['10.1.0.0/16', '192.0.2.7', '2001:db8::/32'] });
    const ips = ['10.1.255.255', '10.2.0.0', '192.0.2.7', '192.0.2.8', '2001:db8::1', '2001:db9::1'];
    expect(verdicts(filter, ips)).toEqual([403, 'passes', 403, 'passes', 403, 'passes']);
  });

  it('WHEN some are allowed THEN no other passes, and deny wins', () => {
    const filter = addressFilter({ allow: ['10.0.0.0/8', '::1'], deny: ['10.0.0.66'] });
    expect(verdicts(filter, ['10.9.9.9', '::1', '10.0.0.66', '11.0.0.1', ''])).toEqual([
      'passes',
      'passes',
      403,
      403,
      403,
    ]);
  });
});

describe('GIVEN allowed hosts', () => {
  const verdicts = (patterns: readonly string[], hosts: readonly (string | undefined)[]) =>
    hosts.map((host) => verdict(allowedHosts(patterns), { headers: host === undefined ? {} : { host } }));

  it('WHEN a request names one, in any case and with any port, THEN it passes; others get 421', () => {
    const hosts = [
      'chat.example.com',
      'CHAT.example.com:8443',
      'evil.example',
      'chat.example.com.evil.example',
      '',
    ];
    expect(verdicts(['chat.example.com'], hosts)).toEqual(['passes', 'passes', 421, 421, 421]);
  });

  it('WHEN the first label is * THEN every name beneath passes, and the name itself does not', () => {
    const hosts = ['a.example.com', 'a.b.example.com', 'example.com', 'badexample.com', undefined];
    expect(verdicts(['*.example.com', '[::1]'], [...hosts, '[::1]:8000'])).toEqual([
      'passes',
      'passes',
      421,
      421,
      421,
      'passes',
    ]);
  });
});

describe('GIVEN places for connections', () => {
  const handshake = (ip: string, user?: string) =>
    exchangeOf({ kind: 'websocket', ip, user: user === undefined ? undefined : { id: user, claims: {} } })
      .exchange;

  it('WHEN an address has used its own THEN it gets 429 until one ends; a second end frees nothing', () => {
    const limits = connectionLimits({ perIp: 2, perUser: 0 });
    const [first, second, third] = [handshake('10.0.0.1'), handshake('10.0.0.1'), handshake('10.0.0.1')];
    limits.onRequest?.(first);
    limits.onRequest?.(second);
    expect(() => limits.onRequest?.(third)).toThrow('Too many connections of this address');
    // Refused, it ends as well, and had no place.
    limits.onEnd?.(third);
    expect(() => limits.onRequest?.(third)).toThrow(HttpError);
    limits.onRequest?.(handshake('10.0.0.2'));
    limits.onEnd?.(first);
    limits.onEnd?.(first);
    limits.onRequest?.(third);
    expect(() => limits.onRequest?.(handshake('10.0.0.1'))).toThrow(HttpError);
  });

  it('WHEN a user has used its own, from any address, THEN it gets 429; HTTP is not counted', () => {
    const limits = connectionLimits({ perIp: 0, perUser: 1 });
    limits.onAdmit?.(handshake('10.0.0.1', 'alice'));
    expect(() => limits.onAdmit?.(handshake('10.0.0.2', 'alice'))).toThrow(
      'Too many connections of this user',
    );
    limits.onAdmit?.(handshake('10.0.0.2', 'bob'));
    limits.onAdmit?.(handshake('10.0.0.2'));
    limits.onAdmit?.({ ...handshake('10.0.0.1', 'alice'), kind: 'http' });
  });
});

describe('GIVEN exchanges that end', () => {
  it('WHEN they are logged THEN the line has the outcome and the user', () => {
    const user = { id: 'alice', claims: { secret: 'x' } };
    const socket = exchangeOf({ kind: 'websocket', status: 101, closeCode: 1000, user });
    accessLog().onEnd?.(socket.exchange);
    const request = exchangeOf({ status: 404 });
    accessLog().onEnd?.(request.exchange);
    expect([...socket.logged, ...request.logged]).toEqual([
      {
        level: 30,
        kind: 'websocket',
        method: 'GET',
        path: '/rooms/garden',
        status: 101,
        closeCode: 1000,
        durationMs: 0,
        ip: '10.0.0.1',
        user: 'alice',
        msg: 'A WebSocket ended',
      },
      {
        level: 30,
        kind: 'http',
        method: 'GET',
        path: '/rooms/garden',
        status: 404,
        durationMs: 0,
        ip: '10.0.0.1',
        msg: 'A request ended',
      },
    ]);
  });

  it('WHEN they were slow THEN requests are warned of, WebSockets and quick ones are not', () => {
    const startedAt = performance.now() - 100;
    const ended = [{ startedAt }, {}, { kind: 'websocket', startedAt } as const].map((given) => {
      const { exchange, logged } = exchangeOf(given);
      slowRequests(100).onEnd?.(exchange);
      return logged.map(({ level, msg, path }) => ({ level, msg, path }));
    });
    expect(ended).toEqual([[{ level: 40, msg: 'A request was slow', path: '/rooms/garden' }], [], []]);
  });
});

describe('GIVEN the head of a response', () => {
  it('WHEN it is of HTTP THEN it tells the seconds it took', () => {
    const headers = new Headers();
    processTime().onHeaders?.(exchangeOf({ startedAt: performance.now() - 1_500 }).exchange, headers);
    expect(Number(headers.get('x-process-time'))).toBeCloseTo(1.5, 1);
    const none = new Headers();
    processTime().onHeaders?.(exchangeOf({ kind: 'websocket' }).exchange, none);
    expect([...none]).toEqual([]);
  });
});

describe('GIVEN the metrics of requests', () => {
  it('WHEN requests and handshakes are counted THEN by the pattern, however they call their paths and methods', async () => {
    const registry = new Registry();
    const metrics = requestMetrics(registry);
    for (const path of ['/rooms/a', '/rooms/b']) metrics.onEnd?.(exchangeOf({ path }).exchange);
    for (const method of ['PROPFIND', 'MKCOL']) {
      metrics.onEnd?.(exchangeOf({ method, route: undefined, status: 404 }).exchange);
    }
    const socket = exchangeOf({ kind: 'websocket', route: '/ws', status: 101 }).exchange;
    metrics.onHeaders?.(socket, new Headers());
    metrics.onEnd?.(socket);
    const counts = (await registry.metrics()).split('\n').filter((line) => line.includes('_count'));
    expect(counts).toEqual([
      'tidegate_http_request_duration_seconds_count{method="GET",route="/rooms/:room",status="200"} 2',
      'tidegate_http_request_duration_seconds_count{method="other",route="none",status="404"} 2',
      'tidegate_handshake_duration_seconds_count{route="/ws",status="101"} 1',
    ]);
  });
});
