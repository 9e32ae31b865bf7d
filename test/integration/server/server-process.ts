import { type ChildProcess, spawn } from 'node:child_process';
import { waitFor } from '../../cluster/wait-for.ts';
import { ended, freePort } from './stores/store-process.ts';

/** A `tidegate` command as a process of its own. */
export class ServerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  output = '';

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
  }

  /** Starts it with `--port` of a free port, of a worker `--health-port`, unless the arguments name one. */
  static async start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
    const port = await freePort();
    const option = args[0] === 'worker' ? '--health-port' : '--port';
    const all = ['src/cli/main.ts', ...args, ...(args.includes(option) ? [] : [option, String(port)])];
    const child = spawn(process.execPath, all, { env: { ...process.env, ...env }, stdio: 'pipe' });
    return new ServerProcess(`http://127.0.0.1:${port}`, child);
  }

  async whenReady(): Promise<this> {
    await waitFor('the server to be ready', async () =>
      (await fetch(`${this.url}/readyz`)).ok ? true : undefined,
    );
    return this;
  }

  /** The exit code, or the signal that ended it. */
  async ended(): Promise<number | string | null> {
    await ended(this.child);
    return this.child.exitCode ?? this.child.signalCode;
  }

  /** Ends it if a test has not. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await ended(this.child);
  }
}
