import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tidegate } from '../cli/tidegate.ts';
import { TestServer } from './test-server.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-connect-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A server that answers what it is told, and closes when it is told `quit`. */
async function echo(): Promise<TestServer> {
  const server = await TestServer.start();
  server.serve = (socket) =>
    socket.on('message', (data, binary) => {
      if (String(data) === 'quit') socket.close(1000, 'as you say');
      else if (String(data) === 'kick') socket.close(4001, 'go away');
      else socket.send(binary ? data : `you said ${data}`);
    });
  return server;
}

describe('GIVEN tidegate connect and a pipe', () => {
  it('WHEN lines come THEN each is sent, answers alone are on standard output, and it ends after the wait', async () => {
    await using server = await echo();
    expect(await tidegate(['connect', server.url], 'one\ntwo\n')).toEqual({
      status: 0,
      stdout: 'you said one\nyou said two\n',
      stderr: 'Connected\nClosed with 1000\n',
    });
    expect(server.received).toEqual(['one', 'two']);
  });

  it('WHEN it tells events as JSON THEN each is a line, binary messages too', async () => {
    await using server = await echo();
    server.serve = (socket) => {
      socket.send(Buffer.from([1, 2, 255]));
      socket.close(1000, 'that was all');
    };
    const { status, stdout } = await tidegate(['connect', server.url, '-o', 'json']);
    const events = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    expect([status, events]).toEqual([
      0,
      [
        { event: 'open', protocol: '' },
        { event: 'binary', base64: 'AQL/' },
        { event: 'close', code: 1000, reason: 'that was all' },
      ],
    ]);
  });

  it('WHEN the server closes with another code THEN the shell sees 1, and standard input is not waited for', async () => {
    await using server = await echo();
    const { status, stderr } = await tidegate(['connect', server.url, '--wait', '600'], 'kick\n');
    expect([status, stderr.split('. ')[0]]).toEqual([
      1,
      `Connected\ntidegate: TG6004 ${server.url}/: It was closed with 4001 go away`,
    ]);
  });

  it('WHEN a token is given by file THEN the server gets it, and an error does not tell it', async () => {
    await using server = await echo();
    const file = join(directory, 'token');
    writeFileSync(file, 'secret-token\n');
    const { stderr } = await tidegate(['connect', server.url, '--token-file', file], 'kick\n');
    expect(server.requests.map(({ url }) => url)).toEqual(['/?token=secret-token']);
    expect(stderr).not.toContain('secret-token');
  });
});

describe('GIVEN tidegate connect and somebody who ends it', () => {
  it('WHEN SIGINT comes THEN the socket is closed with 1000 and the shell sees 0', async () => {
    await using server = await TestServer.start();
    const child = spawn(process.execPath, ['src/cli/main.ts', 'connect', server.url], { stdio: 'pipe' });
    const exited = once(child, 'exit');
    await once(child.stderr, 'data');
    const closed = server.closeOf(1);
    child.kill('SIGINT');
    expect((await closed).code).toBe(1000);
    expect(await exited).toEqual([0, null]);
  });
});

describe('GIVEN an address that does not work', () => {
  it('WHEN the handshake is refused THEN the status says why', async () => {
    const server = createServer().on('upgrade', (_, socket) => {
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const { status, stderr } = await tidegate(['connect', `http://127.0.0.1:${port}/secure/ws?token=x`]);
    server.close();
    expect([status, stderr.split('. ')[0]]).toEqual([
      1,
      `tidegate: TG6004 ws://127.0.0.1:${port}/secure/ws: No WebSocket was opened: HTTP 401`,
    ]);
  });

  it.each([
    ['chat.example.com', 'TG1003 url: It must begin with ws://, wss://, http:// or https://.'],
    ['ftp://chat.example.com', 'TG1003 url: It must begin with ws://, wss://, http:// or https://.'],
  ])('WHEN it is %s THEN it says so', async (url, sentence) => {
    const { status, stderr } = await tidegate(['connect', url]);
    expect([status, stderr]).toEqual([1, expect.stringContaining(sentence)]);
  });
});
