import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../cluster/wait-for.ts';
import { openAndDrop } from '../../fuzz/churn.ts';
import { FAULT_NAMES, frame, MOST_BYTES, OPCODE } from '../../fuzz/frames.ts';
import { fuzz } from '../../fuzz/fuzz.ts';
import { handshakeFor } from '../../fuzz/handshake.ts';
import { Random } from '../../fuzz/random.ts';
import { metric, residentMegabytes } from '../../fuzz/server-under-test.ts';
import { TestClient } from './client.ts';
import { ServerProcess } from './server-process.ts';

const FRAMES = 100_000;

const directory = mkdtempSync(join(tmpdir(), 'tidegate-hostile-'));
let server: ServerProcess;
let port: number;

beforeAll(async () => {
  server = await ServerProcess.start(['serve'], {
    TIDEGATE_DATA_DIRECTORY: directory,
    TIDEGATE_LIMITS_MESSAGE_BYTES: String(MOST_BYTES),
    TIDEGATE_LIMITS_HANDSHAKE_SECONDS: '1',
    // What comes as fast as it can is the hardest.
    TIDEGATE_LIMITS_READ_MESSAGES_PER_SECOND: '0',
    TIDEGATE_PING_INTERVAL_SECONDS: '1',
  });
  await server.whenReady();
  port = Number(new URL(server.url).port);
});
afterAll(async () => {
  await server.kill();
  rmSync(directory, { recursive: true, force: true });
});

const empty = () =>
  waitFor(
    'nobody to be left',
    async () => (await metric(server.url, 'tidegate_connections')) === 0 || undefined,
  );

describe('GIVEN clients that break the protocol in every way it names', () => {
  it('WHEN they send a hundred thousand frames THEN each gets the right answer and the right close code', async () => {
    const bystander = await TestClient.connect(`${server.url}/ws`);
    const report = await fuzz({ port, path: '/ws', frames: FRAMES, seed: 20_261_125 });
    expect(report.wrong).toEqual([]);
    expect(Object.keys(report.faults).sort()).toEqual([...FAULT_NAMES].sort());
    bystander.send('still here');
    await bystander.waitForCount(1);
    await bystander.close();
    await empty();
    expect(server.child.exitCode).toBeNull();
  });
});

describe('GIVEN clients that go without a word', () => {
  it('WHEN two thousand are dropped, three times over THEN none is left behind', async () => {
    for (let round = 0; round < 3; round += 1) {
      await openAndDrop(port, 2_000);
      await empty();
    }
  });

  it('WHEN one stays connected and answers nothing THEN it is cut off for want of a pong', async () => {
    const dead = await metric(server.url, 'tidegate_dead_clients_total');
    const client = await TestClient.connect(`${server.url}/ws`);
    client.socket.pause();
    await waitFor('it to be noticed', async () =>
      (await metric(server.url, 'tidegate_dead_clients_total')) === dead + 1 ? true : undefined,
    );
    client.socket.terminate();
    await empty();
  });
});

describe('GIVEN a client that pings and reads nothing', () => {
  it('WHEN it has sent a hundred megabytes THEN the server has not kept the pongs', async () => {
    const socket = connect({ port, host: '127.0.0.1' }).pause();
    const sent = (data: Buffer) => new Promise((resolve) => socket.write(data, resolve));
    const random = new Random(1);
    const ping = frame(random, OPCODE.ping, random.bytes(125));
    const megabyte = Buffer.concat(Array.from({ length: 8_000 }, () => ping));
    const pid = server.child.pid ?? 0;
    await sent(handshakeFor('/ws'));
    const before = residentMegabytes(pid);
    for (let count = 0; count < 100; count += 1) await sent(megabyte);
    expect(residentMegabytes(pid) - before).toBeLessThan(50);
    socket.resetAndDestroy();
    await empty();
  });
});

describe('GIVEN a client that sends its handshake byte by byte', () => {
  it('WHEN its time is over THEN it is cut off with 408', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      let text = '';
      const drip = setInterval(() => socket.write('X'), 50);
      socket.write('GET /ws HTTP/1.1\r\nX-Slow: ');
      socket.setEncoding('utf8').on('data', (data: string) => {
        text += data;
      });
      socket.on('error', () => {});
      socket.once('close', () => {
        clearInterval(drip);
        resolve(text);
      });
    });
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });
});
