import { type ChildProcess, spawn } from 'node:child_process';
import { asAccount, ended } from './store-process.ts';

/** A script of the tree, run as it is rendered but for its paths and ports. */
export class RenderedScript {
  readonly #child: ChildProcess;
  output = '';

  /** @param replaced texts and what stands in their place */
  constructor(script: string, replaced: Readonly<Record<string, string>>, env: Record<string, string> = {}) {
    const text = Object.entries(replaced).reduce((all, [from, to]) => all.replaceAll(from, to), script);
    const [program = 'sh', ...args] = asAccount(['sh', '-c', text]);
    // A group of its own, so that what it runs in the background ends with it.
    this.#child = spawn(program, args, { detached: true, env: { ...process.env, ...env } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.output += chunk;
      });
    }
  }

  async stop(): Promise<void> {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    await ended(this.#child);
  }
}
