import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../../src/server/index.ts';
import { startReplica } from '../server/replica.ts';
import { request } from './client.ts';
import { HOST, NginxProcess } from './nginx-process.ts';
import { type Recorder, startRecorder } from './recorder.ts';

const files = mkdtempSync(join(tmpdir(), 'tidegate-static-'));
let server: RunningServer;
let recorder: Recorder;
let nginx: NginxProcess;
let recorded: NginxProcess;

beforeAll(async () => {
  mkdirSync(join(files, '.git'));
  writeFileSync(join(files, '.git', 'config'), 'private');
  writeFileSync(join(files, 'app.4f2a.js'), 'go();');
  [server, recorder] = await Promise.all([
    startReplica(),
    startRecorder((request, response) => {
      if (request.url === '/own') response.setHeader('x-frame-options', 'SAMEORIGIN');
      response.setHeader('x-request-id', 'mine').end('fine');
    }),
  ]);
  const upstreams = [`127.0.0.1:${server.address.port}`];
  [nginx, recorded] = await Promise.all([
    NginxProcess.start({ tls: true, serverNames: [HOST], upstreams, static: files }),
    NginxProcess.start({ upstreams: [recorder.address], clientMaxBody: '1k' }),
  ]);
});
afterAll(async () => {
  await Promise.all([nginx.stop(), recorded.stop()]);
  await Promise.all([server.drain(), recorder.close()]);
  rmSync(files, { recursive: true, force: true });
});

const secure = (path: string, headers: Record<string, string> = { host: HOST }) =>
  request(`https://127.0.0.1:${nginx.httpsPort}`, path, { ca: nginx.ca, servername: HOST, headers });
const plain = (path: string, extras: Parameters<typeof request>[2] = {}) =>
  request(`http://127.0.0.1:${recorded.httpPort}`, path, extras);

describe('GIVEN nginx with TLS', () => {
  it('WHEN a client comes by HTTP THEN it is sent to HTTPS with its path and query', async () => {
    const origin = `http://127.0.0.1:${nginx.httpPort}`;
    const answer = await request(origin, '/a%20b/c?x=1&y=%2F', { headers: { host: `${HOST}:80` } });
    expect([answer.status, answer.headers.location]).toEqual([
      301,
      `https://${HOST}:${nginx.httpsPort}/a%20b/c?x=1&y=%2F`,
    ]);
  });

  it('WHEN a client speaks HTTP/2 THEN it is taken up on it', async () => {
    const session = connect(`https://127.0.0.1:${nginx.httpsPort}`, { ca: nginx.ca, servername: HOST });
    const stream = session.request({ ':path': '/healthz', ':authority': HOST });
    const status = await new Promise((resolve, reject) => {
      session.on('error', reject);
      stream.on('error', reject).on('response', (headers) => resolve(headers[':status']));
    });
    expect([session.alpnProtocol, status]).toEqual(['h2', 200]);
    session.destroy();
  });

  it.each(['TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const)(
    'WHEN a client speaks only %s THEN it is answered from 1.2 on',
    async (version) => {
      const options = { ca: nginx.ca, servername: HOST, minVersion: version, maxVersion: version };
      const socket = connectTls(nginx.httpsPort, '127.0.0.1', { ...options, ciphers: 'DEFAULT@SECLEVEL=0' });
      const outcome = await new Promise((resolve) => {
        socket.on('secureConnect', () => resolve(socket.getProtocol())).on('error', () => resolve('refused'));
      });
      socket.destroy();
      expect(outcome).toBe(version === 'TLSv1.1' ? 'refused' : version);
    },
  );

  it('WHEN anything is answered THEN headers protect the browser, and none comes twice', async () => {
    const [page, file, missing] = await Promise.all(
      ['/', '/static/app.4f2a.js', '/static/no'].map((path) => secure(path)),
    );
    expect([page?.status, file?.status, missing?.status]).toEqual([200, 200, 404]);
    for (const answer of [page, file, missing]) {
      expect(answer?.headers).toMatchObject({
        'strict-transport-security': 'max-age=31536000',
        'x-content-type-options': 'nosniff',
        'x-frame-options': expect.stringMatching(/^(DENY|SAMEORIGIN)$/),
        'referrer-policy': 'no-referrer',
        'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
        server: 'nginx',
      });
    }
  });

  it('WHEN a static file is asked for THEN it may be kept for ever, but not its absence', async () => {
    const [file, missing] = await Promise.all([secure('/static/app.4f2a.js'), secure('/static/app.old.js')]);
    expect([file.status, file.body, file.headers['cache-control'], file.headers['content-type']]).toEqual([
      200,
      'go();',
      'public, max-age=31536000, immutable',
      'application/javascript',
    ]);
    expect([missing.status, missing.headers['cache-control']]).toEqual([404, undefined]);
  });

  it.each([
    '/static/.git/config',
    '/static/../.git/config',
    '/static../.git/config',
    '/static/%2e%2e/etc/passwd',
  ])('WHEN %s is asked for THEN no file is found', async (path) => {
    expect((await secure(path)).status).toBe(404);
  });

  it.each([
    '/metrics',
    '/readyz',
    '/%6Detrics',
    '//metrics',
    '/./readyz',
    '/x/../metrics',
    '/metrics?x=1',
    '/metrics/',
    '/metrics%2F',
    '/METRICS',
    '/metrics%3Fx',
    '/metrics;x',
    '/metrics%00',
  ])('WHEN the outside asks for %s THEN it learns nothing', async (path) => {
    const { status, body } = await secure(path);
    expect([400, 404]).toContain(status);
    expect(body).not.toMatch(/tidegate_|backends/);
  });

  it('WHEN the servers answer THEN health and errors are theirs', async () => {
    const [health, nothing] = await Promise.all([secure('/healthz'), secure('/nothing-here')]);
    expect([health.status, JSON.parse(health.body)]).toEqual([200, { status: 'ok' }]);
    expect([nothing.status, nothing.headers['content-type']]).toEqual([
      404,
      expect.stringMatching(/^application\/json/),
    ]);
  });

  it('WHEN another name is asked for THEN the connection ends without an answer', async () => {
    await expect(secure('/healthz', { host: 'other.test' })).rejects.toThrow(/socket hang up|ECONNRESET/);
  });
});

describe('GIVEN nginx in front of a server that notes what it gets', () => {
  it('WHEN a client claims to be someone else THEN the server learns the truth', async () => {
    await plain('/claims', {
      headers: {
        host: 'chat.example.com',
        'x-forwarded-for': '203.0.113.9',
        'x-real-ip': '203.0.113.9',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'evil.example.com',
        'x-request-id': 'claimed',
        forwarded: 'for=203.0.113.9',
      },
    });
    const { headers } = recorder.requests.at(-1) ?? { headers: {} };
    expect(headers).toEqual({
      host: `chat.example.com:${recorded.httpPort}`,
      'x-forwarded-host': `chat.example.com:${recorded.httpPort}`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-real-ip': '127.0.0.1',
      'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('WHEN the server names the request too THEN the client gets one name, the one the server got', async () => {
    const { headers } = await plain('/named');
    expect(headers['x-request-id']).toBe(recorder.requests.at(-1)?.headers['x-request-id']);
  });

  it('WHEN the server sends a header of its own THEN that one counts', async () => {
    expect((await plain('/own')).headers['x-frame-options']).toBe('SAMEORIGIN');
  });

  it('WHEN requests follow each other THEN they share a connection to the server', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await plain('/one', { agent });
    await plain('/two', { agent });
    agent.destroy();
    const [one, two] = recorder.requests.slice(-2);
    expect([one?.url, two?.url, one?.connection]).toEqual(['/one', '/two', two?.connection]);
  });

  it('WHEN an upgrade to something else is asked for THEN the server does not see it', async () => {
    await plain('/h2c', { headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' } });
    const { upgrade, connection } = recorder.requests.at(-1)?.headers ?? {};
    expect([upgrade, connection]).toEqual([undefined, undefined]);
  });

  it('WHEN a body is too large THEN it gets 413', async () => {
    const send = (bytes: number) => plain('/body', { method: 'POST', body: 'x'.repeat(bytes) });
    expect([(await send(1_024)).status, (await send(1_025)).status]).toEqual([200, 413]);
  });

  it('WHEN a token is in the query or the referrer THEN the access log has the path only', async () => {
    await plain('/with-token?token=secret', { headers: { referer: 'http://a/?token=secret' } });
    expect(await recorded.accessLine('it', ({ path }) => path === '/with-token')).toMatchObject({
      status: 200,
      upstream: recorder.address,
      upstreamStatus: '200',
    });
    expect(recorded.log('access.log') + recorded.log('error.log')).not.toContain('secret');
  });
});

describe('GIVEN a rate', () => {
  it('WHEN an address asks for more THEN it gets 429, and its tokens are not logged', async () => {
    const limited = await NginxProcess.start({ upstreams: [recorder.address], ratePerSecond: 1, burst: 2 });
    try {
      const ask = () => request(`http://127.0.0.1:${limited.httpPort}`, '/often?token=secret');
      const statuses = (await Promise.all(Array.from({ length: 8 }, ask))).map(({ status }) => status);
      expect(statuses.toSorted()).toEqual([200, 200, 200, 429, 429, 429, 429, 429]);
      await limited.accessLine('a refusal', ({ rateLimit }) => rateLimit === 'REJECTED');
      expect(limited.log('access.log') + limited.log('error.log')).not.toContain('secret');
    } finally {
      await limited.stop();
    }
  });
});
