import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApp } from './test-app.ts';

let home: string;
let server: TestApp;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'tidegate-static-'));
  const files = join(home, 'public');
  mkdirSync(join(files, 'assets'), { recursive: true });
  writeFileSync(join(home, 'secret.txt'), 'precious');
  writeFileSync(join(files, 'index.html'), '<!doctype html><title>home</title>');
  writeFileSync(join(files, 'assets/app.3f2a9c1d.js'), `export const text = '${'x'.repeat(5_000)}';`);
  writeFileSync(join(files, '.env'), 'precious');
  symlinkSync('index.html', join(files, 'start.html'));
  server = await TestApp.start(() => {}, { http: { static: { directory: files, prefix: '/' } } });
});
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

/** The path and the headers as they are, which `fetch` would tidy up. */
function ask(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: Buffer }>(
    (resolve, reject) => {
      const sent = request({ port: new URL(server.url).port, path, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () =>
          resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }),
        );
      });
      sent.on('error', reject).end();
    },
  );
}

describe('GIVEN a directory of files', () => {
  it('WHEN a file with a hash in its name is asked for THEN it is kept for a year, and comes compressed', async () => {
    const { status, headers, body } = await ask('/assets/app.3f2a9c1d.js', { 'Accept-Encoding': 'br' });
    expect([status, headers['cache-control'], headers['content-type'], headers['content-encoding']]).toEqual([
      200,
      'public, max-age=31536000, immutable',
      'application/javascript; charset=utf-8',
      'br',
    ]);
    expect(brotliDecompressSync(body)).toHaveLength(5_023);
  });

  it('WHEN another file is asked for again THEN 304 tells that it is the same', async () => {
    const first = await ask('/');
    const etag = first.headers.etag ?? '';
    expect([first.body.toString(), first.headers['cache-control']]).toEqual([
      '<!doctype html><title>home</title>',
      'no-cache',
    ]);
    const again = await ask('/', { 'If-None-Match': etag });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('WHEN a path leads out of it, or to a dot file, THEN there is nothing', async () => {
    const paths = [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/.env',
      '/nothing.js',
    ];
    const answers = await Promise.all(paths.map((path) => ask(path)));
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 404, 404, 404]);
    const texts = answers.map(({ body }) => body.toString());
    expect(texts.join()).not.toContain('precious');
    expect(texts.map((text) => JSON.parse(text).error)).toEqual([
      'Forbidden',
      'Forbidden',
      'Not found',
      'Not found',
      'Not found',
    ]);
  });

  it('WHEN routes are there as well THEN they come first', async () => {
    expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'ok' });
  });
});

describe('GIVEN a directory that is not there', () => {
  it('WHEN an application is made THEN the setting is named', async () => {
    await expect(
      TestApp.start(() => {}, { http: { static: { directory: join(home, 'no') } } }),
    ).rejects.toThrow('TG2001 http.static.directory: There is no directory');
  });
});
