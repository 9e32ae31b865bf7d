/**
 * How fast one room delivers: `node bench/fan-out.ts [members] [seconds]`, on loopback, the clients in a process of their
 * own.
 *
 * One member sends 128-byte messages, as many as fit; every member gets each. The bundled server's rooms run against a
 * plain loop over `ws` sockets, one after the other, and the last line is the ratio. Deliveries per second of the
 * server's CPU time are what can be compared when the machine has other things to do.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { loadSettings, realtime } from '../src/server/index.ts';

const MESSAGE = 'x'.repeat(128);
/** Messages that may be on their way to the member that counts. */
const WINDOW = 512;

interface Report {
  readonly messages: number;
  readonly seconds: number;
  /** CPU time the server used meanwhile. */
  readonly cpuSeconds: number;
}

if (process.send === undefined) await measure(Number(process.argv[2] ?? 1_000), Number(process.argv[3] ?? 5));
else await load(String(process.argv[2]), Number(process.argv[3]), Number(process.argv[4]));

async function measure(members: number, seconds: number): Promise<void> {
  const plain = await run('plain loop', plainLoop, members, seconds);
  const bundled = await run('tidegate', bundledServer, members, seconds);
  console.log(`ratio       ${(bundled / plain).toFixed(1)}`);
}

async function run(
  name: string,
  start: () => Promise<{ url: string; stop: () => Promise<void> }>,
  members: number,
  seconds: number,
): Promise<number> {
  const { url, stop } = await start();
  const child = fork(import.meta.filename, [url, String(members), String(seconds)]);
  const { messages, seconds: elapsed, cpuSeconds } = await reportOf(child);
  await stop();
  const deliveries = messages * members;
  const perCpuSecond = deliveries / cpuSeconds;
  const figures = [deliveries / elapsed, perCpuSecond].map((value) => Math.round(value).toLocaleString('en'));
  console.log(
    `${name.padEnd(11)} ${figures[0]} deliveries/s to ${members} members, ${figures[1]} per CPU second`,
  );
  return perCpuSecond;
}

function reportOf(child: ChildProcess): Promise<Report> {
  return new Promise((resolve, reject) => {
    child.once('message', (report) => resolve(report as Report));
    child.once('exit', (code) => reject(new Error(`The load ended with ${code}`)));
  });
}

async function plainLoop() {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      for (const member of server.clients) member.send(data, { binary: false });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as { port: number };
  return { url: `ws://127.0.0.1:${port}/`, stop: async () => void http.close() };
}

async function bundledServer() {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
  const settings = {
    ...loadSettings({
      env: {},
      overrides: { source: 'the benchmark', settings: { dataDirectory, logLevel: 'fatal' } },
    }),
    port: 0,
  };
  const app = realtime({ settings });
  app.websocket('/', async (socket) => {
    await socket.accept();
    const room = app.room('bench');
    await room.join(socket, { as: 'member' });
    for await (const text of socket.texts()) await room.broadcast(text);
  });
  const { port } = await app.listen();
  await app.whenReady();
  const stop = async () => {
    await app.drain();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  return { url: `ws://127.0.0.1:${port}/`, stop };
}

/** The clients: all but the sender throw away what they get, as TCP bytes; the sender counts. */
async function load(url: string, members: number, seconds: number): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: members }, () => connected(url)));
  const [sender, ...others] = sockets;
  if (sender === undefined) throw new Error('There must be a member');
  for (const other of others) discard(other);
  let sent = 0;
  let received = 0;
  const send = () => {
    for (; sent - received < WINDOW; sent += 1) sender.send(MESSAGE);
  };
  sender.on('message', () => {
    received += 1;
    if (sent - received < WINDOW / 2) send();
  });
  send();
  await sleep(1_000);
  const [before, started, cpuBefore] = [received, performance.now(), cpuSecondsOf(process.ppid)];
  await sleep(seconds * 1_000);
  const report: Report = {
    messages: received - before,
    seconds: (performance.now() - started) / 1_000,
    cpuSeconds: cpuSecondsOf(process.ppid) - cpuBefore,
  };
  process.send?.(report, () => process.exit(0));
}

/** User and system time of a process, from Linux' count of hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function connected(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Parsing what a thousand members get would measure the clients. */
function discard(socket: WebSocket): void {
  const wire = (socket as unknown as { _socket: import('node:net').Socket })._socket;
  wire.removeAllListeners('data');
  wire.on('data', () => {});
}
