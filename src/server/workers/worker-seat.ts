import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import type { Address } from '../http/listen.ts';
import type { Fleet, FleetMember } from './fleet.ts';
import { watchImports } from './import-watch.ts';
import type { FromSupervisor, FromWorker, WorkerPlace, WorkerTicket } from './messages.ts';

const VARIABLE = 'TIDEGATE_WORKER';
const LAG_RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;
/** For answers to clients that came right before the order to drain. */
const ANSWER_WITHIN_MS = 2_000;
/** For the next request on a connection that is kept. */
const LINGER_MS = 1_000;
const LOOK_EVERY_MS = 10;

/** The environment that makes a forked process a worker. */
export function workerEnvironment(ticket: WorkerTicket): NodeJS.ProcessEnv {
  return { ...process.env, [VARIABLE]: JSON.stringify(ticket) };
}

/** A worker's seat in the fleet; undefined when this process is none. */
export function takeSeat(): WorkerSeat | undefined {
  const ticket = process.env[VARIABLE];
  if (ticket === undefined || process.send === undefined) return undefined;
  // What this process starts is no worker.
  delete process.env[VARIABLE];
  return new WorkerSeat(JSON.parse(ticket) as WorkerTicket);
}

/** The worker's end of the tie to its supervisor: clients and orders come in, heartbeats and metrics go out. */
export class WorkerSeat implements Fleet {
  /** Resolves with the reason once it is to end: an order, a signal, or that the supervisor is gone. */
  readonly stopped: Promise<string>;
  readonly metrics = { contentType: Registry.PROMETHEUS_CONTENT_TYPE, metrics: () => this.#allMetrics() };
  readonly #ticket: WorkerTicket;
  readonly #placed: Promise<WorkerPlace>;
  #assign: (place: WorkerPlace) => void = () => {};
  #place: WorkerPlace | undefined;
  readonly #asked = new Map<number, (text: string) => void>();
  readonly #lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  /** Clients that may not have an answer yet. */
  readonly #fresh = new Set<Socket>();
  /** HTTP requests without an answer. */
  #requests = 0;
  #asks = 0;
  #member: FleetMember | undefined;
  #stop: (reason: string) => void = () => {};
  #others = 0;

  constructor(ticket: WorkerTicket) {
    this.#ticket = ticket;
    this.stopped = new Promise((resolve) => {
      // Without a place there is nobody to say goodbye to.
      this.#stop = (reason) => (this.#place === undefined ? process.exit(0) : resolve(reason));
    });
    this.#placed = new Promise((resolve) => {
      this.#assign = resolve;
    });
    if (ticket.tellsImports) watchImports((file) => this.#say({ kind: 'imported', file }));
    process.on('message', (message, handle) => this.#hear(message as FromSupervisor, handle));
    process.on('disconnect', () => this.#stop('The supervisor is gone'));
    process.on('SIGTERM', () => this.#stop('SIGTERM'));
    // A terminal interrupts all processes, and the supervisor tells its workers what follows from that.
    process.on('SIGINT', () => {});
    this.#lag.enable();
    setInterval(() => this.#beat(), ticket.beatMs).unref();
    this.#beat();
  }

  /** Clients of all workers, as of the last heartbeat. */
  get size(): number {
    return this.#others + (this.#member?.connections.size ?? 0);
  }

  /** Says that all modules are loaded, and waits for a place. */
  takePlace(): Promise<WorkerPlace> {
    this.#say({ kind: 'loaded' });
    return this.#placed;
  }

  async open(member: FleetMember): Promise<Address> {
    const { http, metrics, whenReady } = member;
    metrics.setDefaultLabels({ worker: String(this.#place?.slot) });
    await http.ready();
    // It never listens, and this is when a server begins to watch over the times its clients take.
    http.server.emit('listening');
    http.server.prependListener('request', (_, response) => {
      this.#requests += 1;
      response.once('close', () => {
        this.#requests -= 1;
      });
    });
    this.#member = member;
    this.#say({ kind: 'listening' });
    whenReady().then(() => this.#say({ kind: 'ready' }));
    return this.#ticket.address;
  }

  #hear(message: FromSupervisor, handle: unknown): void {
    switch (message.kind) {
      case 'serve':
        this.#place = message;
        this.#assign(message);
        break;
      case 'client':
        this.#say({ kind: 'taken', id: message.id });
        this.#take(handle as Socket | undefined);
        break;
      case 'drain':
        void this.#leave(message.othersGoOn);
        break;
      case 'fleet':
        this.#others = message.connections - (this.#member?.connections.size ?? 0);
        break;
      case 'metrics':
        void this.#tellMetrics(message.id);
        break;
      case 'all-metrics':
        this.#asked.get(message.id)?.(message.text);
        this.#asked.delete(message.id);
        break;
    }
  }

  #take(socket: Socket | undefined): void {
    // A client that has left on the way comes without its socket.
    if (socket === undefined) return;
    // As of a socket that the server itself accepts: who has said all may still listen.
    socket.allowHalfOpen = true;
    if (this.#member === undefined) {
      socket.destroy();
      return;
    }
    this.#fresh.add(socket);
    this.#member.http.server.emit('connection', socket);
  }

  /**
   * Stops once those clients have an answer that came before the order: who has been let in is not to be turned away.
   * Where others go on, clients that keep a connection for their next request get the time to be told to open another.
   */
  async #leave(othersGoOn: boolean): Promise<void> {
    this.#member?.http.server.prependListener('request', (_, response) => {
      response.shouldKeepAlive = false;
    });
    const before = [...this.#fresh];
    const ordered = performance.now();
    const since = () => performance.now() - ordered;
    const busy = () => this.#requests > 0 || before.some(isUnanswered) || (othersGoOn && since() < LINGER_MS);
    while (busy() && since() < ANSWER_WITHIN_MS) await sleep(LOOK_EVERY_MS);
    this.#stop('The supervisor says so');
  }

  async #tellMetrics(id: number): Promise<void> {
    const metrics = (await this.#member?.metrics.getMetricsAsJSON()) ?? [];
    this.#say({ kind: 'metrics', id, metrics });
  }

  #allMetrics(): Promise<string> {
    this.#asks += 1;
    const id = this.#asks;
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.#say({ kind: 'all-metrics', id });
    });
  }

  #beat(): void {
    for (const socket of this.#fresh) if (!isUnanswered(socket)) this.#fresh.delete(socket);
    const lagMs = Math.max(0, Math.round(this.#lag.max / NANOSECONDS_PER_MS) - LAG_RESOLUTION_MS);
    this.#lag.reset();
    const connections = this.#member?.connections.size ?? 0;
    this.#say({ kind: 'beat', connections, lagMs, memoryBytes: process.memoryUsage.rss() });
  }

  #say(message: FromWorker): void {
    // Without the callback a supervisor that has just gone would be an error that nobody handles.
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  }
}

function isUnanswered(socket: Socket): boolean {
  return !socket.destroyed && socket.bytesWritten === 0;
}
