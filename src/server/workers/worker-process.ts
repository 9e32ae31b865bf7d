import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { FromSupervisor, FromWorker, MetricsJson, WorkerPlace, WorkerReport } from './messages.ts';

/** In this order, but that one is a spare only if it has no place, and that a worker may be told to drain at any time. */
export type WorkerState = 'spare' | 'starting' | 'listening' | 'ready' | 'draining' | 'gone';

export interface WorkerEvents {
  /** It is loaded, takes clients now, or is ready. */
  changed(worker: WorkerProcess): void;
  /** It has taken a client, and has room for another. */
  took(worker: WorkerProcess): void;
  imported?(file: string): void;
  allMetrics(worker: WorkerProcess, id: number): void;
  ended(worker: WorkerProcess, how: string): void;
}

/** Clients on their way to a worker at the most. A worker that is stuck keeps no more of them waiting than this. */
const MOST_ON_THE_WAY = 4;

const LATE_AFTER_BEATS = 3;

/** The supervisor's end of the tie to one worker. */
export class WorkerProcess {
  /** Since when it has its place, or else since when it exists. */
  startedAt = performance.now();
  state: WorkerState = 'starting';
  /** How it ends when the supervisor ends it, for the log. */
  killedFor: string | undefined;
  lastBeatAt = performance.now();
  report: WorkerReport = { connections: 0, lagMs: 0, memoryBytes: 0 };
  /** Clients it was given since its last report. */
  #given = 0;
  readonly #child: ChildProcess;
  readonly #beatMs: number;
  readonly #onTheWay = new Map<number, Socket>();
  readonly #metrics = new Map<number, (metrics: MetricsJson) => void>();
  #place: WorkerPlace | undefined;
  #ids = 0;

  constructor(child: ChildProcess, beatMs: number, events: WorkerEvents) {
    this.#beatMs = beatMs;
    this.#child = child;
    child.on('message', (message) => this.#hear(message as FromWorker, events));
    // It could not be started, or told something: its exit follows, or has been heard of.
    child.on('error', () => {});
    child.once('exit', (code, signal) => {
      this.state = 'gone';
      const how = this.killedFor ?? signal ?? `exit code ${code}`;
      for (const resolve of this.#metrics.values()) resolve([]);
      // What it said last may still be unread: a client that it has taken must not be given to another one.
      if (child.connected) child.once('disconnect', () => events.ended(this, how));
      else events.ended(this, how);
    });
  }

  /** Undefined while it has no place. */
  get slot(): number | undefined {
    return this.#place?.slot;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** How much it has to do, to compare workers with. */
  get load(): number {
    return this.report.connections + this.#given;
  }

  /** Whether a client can be given to it. */
  get hasRoom(): boolean {
    return this.#onTheWay.size < MOST_ON_THE_WAY && this.#child.connected;
  }

  /** Whether it misses heartbeats: it is stuck, or the machine is. */
  get isLate(): boolean {
    return performance.now() - this.lastBeatAt > LATE_AFTER_BEATS * this.#beatMs;
  }

  /** Lets it serve, as soon as it is loaded. */
  assign(place: WorkerPlace): void {
    this.#place = place;
    this.startedAt = performance.now();
    if (this.state !== 'spare') return;
    this.state = 'starting';
    this.say({ kind: 'serve', ...place });
  }

  /** Gives it a client. The supervisor keeps the socket as well until the worker has it. */
  give(socket: Socket): void {
    this.#ids += 1;
    const id = this.#ids;
    this.#onTheWay.set(id, socket);
    this.#given += 1;
    const message: FromSupervisor = { kind: 'client', id };
    this.#child.send(message, socket, { keepOpen: true }, () => {});
  }

  /** Takes back the clients that it never got. */
  takeBack(): readonly Socket[] {
    const sockets = [...this.#onTheWay.values()];
    this.#onTheWay.clear();
    return sockets;
  }

  say(message: FromSupervisor): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Its metrics; none when it does not answer within the time. */
  metrics(withinMs: number): Promise<MetricsJson> {
    this.#ids += 1;
    const id = this.#ids;
    return new Promise((resolve) => {
      const done = (metrics: MetricsJson) => {
        clearTimeout(timer);
        this.#metrics.delete(id);
        resolve(metrics);
      };
      const timer = setTimeout(() => done([]), withinMs);
      this.#metrics.set(id, done);
      this.say({ kind: 'metrics', id });
    });
  }

  drain(othersGoOn: boolean): void {
    this.state = 'draining';
    this.say({ kind: 'drain', othersGoOn });
  }

  kill(why: string): void {
    this.killedFor = why;
    this.#child.kill('SIGKILL');
  }

  #hear(message: FromWorker, events: WorkerEvents): void {
    switch (message.kind) {
      case 'imported':
        events.imported?.(message.file);
        break;
      case 'loaded':
        if (this.#place !== undefined) this.say({ kind: 'serve', ...this.#place });
        else if (this.state === 'starting') this.state = 'spare';
        events.changed(this);
        break;
      case 'listening':
      case 'ready':
        if (this.state === 'draining' || this.state === 'gone') return;
        this.state = message.kind;
        events.changed(this);
        break;
      case 'beat':
        this.lastBeatAt = performance.now();
        this.report = message;
        this.#given = 0;
        break;
      case 'taken':
        this.#onTheWay.get(message.id)?.destroy();
        this.#onTheWay.delete(message.id);
        events.took(this);
        break;
      case 'metrics':
        this.#metrics.get(message.id)?.(message.metrics);
        break;
      case 'all-metrics':
        events.allMetrics(this, message.id);
        break;
    }
  }
}
