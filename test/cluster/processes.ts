import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Component } from './control-plane/components.ts';
import { type Sandbox, startInside } from './sandbox/sandbox.ts';
import { toolPath } from './tools/tool-path.ts';

/** Starts the cluster's processes and notices one that ends. */
export class Processes {
  readonly #sandbox: Sandbox;
  readonly #logs: string;
  readonly #running = new Map<string, ChildProcess>();

  constructor(sandbox: Sandbox, directory: string) {
    this.#sandbox = sandbox;
    this.#logs = join(directory, 'logs');
    mkdirSync(this.#logs, { recursive: true });
  }

  async start({ tool, args, env }: Component): Promise<void> {
    this.run(tool, await toolPath(tool), args, env);
  }

  /** Starts a program of the machine. */
  run(name: string, program: string, args: readonly string[], env?: Readonly<Record<string, string>>): void {
    const child = startInside(this.#sandbox, name, [program, args], { logs: this.#logs, env: { ...env } });
    this.#running.set(name, child);
  }

  /** What the first process that ended said last. */
  failure(): Error | undefined {
    for (const [name, { exitCode, signalCode }] of this.#running) {
      if (exitCode === null && signalCode === null) continue;
      const path = join(this.#logs, `${name}.log`);
      const tail = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
      return new Error(
        `${name} ended (${signalCode ?? `exit code ${exitCode}`}); the end of ${path}:\n${tail}`,
      );
    }
    return undefined;
  }
}
