import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { startReplica } from '../server/replica.ts';
import { ServerProcess } from '../server/server-process.ts';
import { closed, exchange, openSocket, request } from './client.ts';
import { NginxProcess } from './nginx-process.ts';
import { startRecorder } from './recorder.ts';

const TIMES = 8;
const get = (nginx: NginxProcess, path = '/healthz') => request(`http://127.0.0.1:${nginx.httpPort}`, path);

/** Opens a socket through the proxy, talks, and closes it. */
async function talk(nginx: NginxProcess): Promise<string> {
  const socket = await openSocket(`ws://127.0.0.1:${nginx.httpPort}/ws`);
  const answer = await exchange(socket, 'hello');
  socket.close();
  await closed(socket);
  return answer;
}

/** Does it as often as both servers are sure to be tried, one after the other. */
async function often<T>(act: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let time = 0; time < TIMES; time += 1) results.push(await act());
  return results;
}

describe('GIVEN two servers behind nginx', () => {
  it('WHEN one is killed THEN the other serves all', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tidegate-data-'));
    const [staying, leaving] = await Promise.all([
      startReplica(),
      ServerProcess.start(['serve'], { TIDEGATE_DATA_DIRECTORY: directory }).then((it) => it.whenReady()),
    ]);
    const addresses = [`127.0.0.1:${staying.address.port}`, new URL(leaving.url).host];
    const nginx = await NginxProcess.start({ upstreams: addresses });
    try {
      await often(() => get(nginx));
      expect(new Set(nginx.accessLines().map(({ upstream }) => upstream))).toEqual(new Set(addresses));
      await leaving.kill();
      expect((await often(() => get(nginx))).map(({ status }) => status)).toEqual(Array(TIMES).fill(200));
      expect(await often(() => talk(nginx))).toEqual(Array(TIMES).fill('hello'));
      const last = nginx.accessLines().at(-1);
      expect(last?.upstream.split(', ').at(-1)).toBe(addresses[0]);
    } finally {
      await nginx.stop();
      await leaving.kill();
      await staying.drain();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('WHEN one drains THEN its refusals are not seen, and its plain requests go on', async () => {
    const [staying, draining] = await Promise.all([
      startReplica(),
      startReplica({ drain: { closesPerSecond: 0.25, timeoutSeconds: 10 } }),
    ]);
    const upstreams = [staying, draining].map(({ address }) => `127.0.0.1:${address.port}`);
    const nginx = await NginxProcess.start({ upstreams });
    const held = await Promise.all(
      [1, 2].map(() => openSocket(`${draining.address.url.replace('http', 'ws')}/ws`)),
    );
    const drained = draining.drain();
    try {
      await waitFor('new clients to be refused', async () =>
        (await fetch(`${draining.address.url}/readyz`)).status === 503 ? true : undefined,
      );
      expect(await often(() => talk(nginx))).toEqual(Array(TIMES).fill('hello'));
      await nginx.accessLine('a refusal', ({ upstreamStatus }) => upstreamStatus === '503, 101');
      await often(() => get(nginx));
      const plain = nginx.accessLines().filter(({ upgrade }) => upgrade === '');
      expect(new Set(plain.map(({ upstream }) => upstream))).toEqual(new Set(upstreams));
    } finally {
      for (const socket of held) socket.terminate();
      await drained;
      await nginx.stop();
      await staying.drain();
    }
  });

  it('WHEN a server breaks off a request THEN only one that may be repeated is repeated, and no token is logged', async () => {
    const recorders = await Promise.all(
      [1, 2].map(() => startRecorder((request) => request.socket.destroy())),
    );
    const nginx = await NginxProcess.start({ upstreams: recorders.map(({ address }) => address) });
    const tries = () => recorders.flatMap(({ requests }) => requests.map(({ method }) => method));
    try {
      const origin = `http://127.0.0.1:${nginx.httpPort}`;
      const post = await request(origin, '/broken?token=secret', { method: 'POST', body: 'once' });
      expect([post.status, tries()]).toEqual([502, ['POST']]);
      expect((await get(nginx, '/broken?token=secret')).status).toBe(502);
      expect(tries().toSorted()).toEqual(['GET', 'GET', 'POST']);
      await nginx.accessLine('both tries', ({ upstreamStatus }) => upstreamStatus === '502, 502');
      expect(nginx.log('access.log') + nginx.log('error.log')).not.toContain('secret');
    } finally {
      await nginx.stop();
      await Promise.all(recorders.map((recorder) => recorder.close()));
    }
  });
});
