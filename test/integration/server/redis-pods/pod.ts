import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../../cluster/wait-for.ts';
import { ended } from '../stores/store-process.ts';
import type { PodNetwork } from './network.ts';

interface ExecAction {
  readonly exec: { readonly command: readonly string[] };
}

interface Probe extends ExecAction {
  readonly timeoutSeconds: number;
}

/** Of a container, what a kubelet acts on. */
interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly lifecycle?: { readonly preStop: ExecAction };
}

/** What is rendered of a pod, and of what it mounts. */
export interface PodTemplate {
  readonly initContainers: readonly [Container];
  readonly containers: readonly [Container];
  /** Files of directories that are mounted, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Directories that outlive the pod, and those that do not. */
  readonly kept: readonly string[];
  readonly scratch: readonly string[];
}

/** Stands for the kubelet of one pod: runs its commands as they are rendered, with directories of its own for its mounts. */
export class Pod {
  readonly host: string;
  readonly #name: string;
  readonly #template: PodTemplate;
  readonly #network: PodNetwork;
  readonly #home = mkdtempSync(join(tmpdir(), 'tidegate-pod-'));
  readonly #running = new Map<string, ChildProcess>();
  output = '';

  constructor(name: string, host: string, template: PodTemplate, network: PodNetwork) {
    this.#name = name;
    this.host = host;
    this.#template = template;
    this.#network = network;
    for (const directory of template.kept) mkdirSync(this.#at(directory), { recursive: true });
  }

  /** Starts its containers one after the other; resolves when Redis answers. */
  async start(): Promise<void> {
    await this.#network.add(this.#name, this.host);
    for (const directory of this.#template.scratch) mkdirSync(this.#at(directory), { recursive: true });
    for (const [path, text] of Object.entries(this.#template.files)) this.write(path, text);
    const { initContainers, containers } = this.#template;
    for (const container of [...initContainers, ...containers]) await this.restart(container.name);
  }

  /** Starts a container that has ended. */
  async restart(name: string): Promise<void> {
    const container = this.#container(name);
    const child = this.#spawn(container.command);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.#running.set(name, child);
    await waitFor(`${name} of ${this.#name}`, () => this.#succeeds(container.startupProbe), {
      everyMilliseconds: 50,
    });
  }

  /** Whether it runs at all. */
  get isUp(): boolean {
    return this.#running.size > 0;
  }

  /** Whether a container of it runs. */
  runs(name: string): boolean {
    const child = this.#running.get(name);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Whether its containers live, and are ready. */
  async isReady(): Promise<boolean> {
    const all = [...this.#template.initContainers, ...this.#template.containers];
    const probes = all.flatMap(({ readinessProbe, livenessProbe }) => [readinessProbe, livenessProbe]);
    const results = await Promise.all(probes.map((probe) => this.#succeeds(probe)));
    return results.every((result) => result === true);
  }

  /** Runs a command in the pod. Gives what it printed. */
  async run(line: readonly string[]): Promise<string> {
    const child = this.#spawn(line);
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    await new Promise((resolve) => child.once('close', resolve));
    if (child.exitCode !== 0) throw new Error(`${line.join(' ')}: exit code ${child.exitCode}`);
    return text;
  }

  /** Kills a container alone. */
  async crash(name: string): Promise<void> {
    await this.#end(name, 'SIGKILL');
  }

  /** Loses the pod with all that is not on its volume. */
  async lose(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.#end(name, 'SIGKILL')));
    await this.#leave();
  }

  /** Cuts it off from all other pods, or lets it back. */
  cut(off: boolean): Promise<void> {
    return this.#network.cut(this.#name, off);
  }

  /** Ends the pod as an eviction does: preStop and stop signal for Redis, then the same for what is beside it. */
  async evict(): Promise<void> {
    const [redis] = this.#template.containers;
    if (redis.lifecycle !== undefined) await this.run(redis.lifecycle.preStop.exec.command);
    await this.#end(redis.name, 'SIGTERM');
    await this.#end(this.#template.initContainers[0].name, 'SIGTERM');
    await this.#leave();
  }

  /** Writes a file that is mounted, as when its Secret changes. */
  write(path: string, text: string): void {
    writeFileSync(this.#at(path), this.#ofPod(text), { mode: 0o755 });
  }

  async remove(): Promise<void> {
    for (const name of this.#running.keys()) await this.#end(name, 'SIGKILL');
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #leave(): Promise<void> {
    await this.#network.remove(this.#name, this.host);
    for (const directory of this.#template.scratch) rmSync(this.#at(directory), { recursive: true });
  }

  async #end(name: string, signal: NodeJS.Signals): Promise<void> {
    const child = this.#running.get(name);
    if (child === undefined) return;
    this.#running.delete(name);
    child.kill(signal);
    await ended(child);
  }

  #container(name: string): Container {
    const all = [...this.#template.initContainers, ...this.#template.containers];
    const found = all.find((one) => one.name === name);
    if (found === undefined) throw new Error(`No container ${name}`);
    return found;
  }

  async #succeeds({ exec, timeoutSeconds }: Probe): Promise<true | undefined> {
    const child = this.#spawn(exec.command, 1_000 * timeoutSeconds);
    child.stdout?.resume();
    child.stderr?.resume();
    await ended(child);
    return child.exitCode === 0 ? true : undefined;
  }

  #spawn(line: readonly string[], timeout?: number): ChildProcess {
    const args = ['netns', 'exec', this.#name, ...line.map((part) => this.#ofPod(part))];
    const env = { PATH: process.env.PATH, POD_NAME: this.#name };
    return spawn('ip', args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout, killSignal: 'SIGKILL' });
  }

  #at(path: string): string {
    return join(this.#home, path);
  }

  /** Each mount is a directory of this pod. */
  #ofPod(text: string): string {
    const { kept, scratch, files } = this.#template;
    const mounts = new Set([
      ...kept,
      ...scratch,
      ...Object.keys(files).map((path) => path.replace(/\/[^/]*$/, '')),
    ]);
    return [...mounts].reduce((done, mount) => done.replaceAll(mount, this.#at(mount)), text);
  }
}
