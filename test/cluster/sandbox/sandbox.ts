import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type CommandOptions, command } from '../command.ts';
import { waitFor } from '../wait-for.ts';

/**
 * The first process of a PID namespace that has a mount and a network namespace of its own. When it is killed the kernel
 * kills every process in it, containers included, and drops its mounts and interfaces: nothing can be left behind.
 */
export interface Sandbox {
  readonly pid: number;
  /** Tells it from a later process with the same id. */
  readonly startTime: string;
}

/** Starts the namespaces. Their first process adopts and reaps orphans, and outlives this program. */
export async function createSandbox(): Promise<Sandbox> {
  const namespaces = ['--pid', '--fork', '--kill-child=KILL', '--mount', '--mount-proc', '--net', '--ipc'];
  const init = ['bash', '-c', 'echo ready; exec >&- 2>&-; sleep infinity & wait'];
  const child = spawn('unshare', [...namespaces, '--', ...init], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
  });
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const ready = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => undefined)]);
  if (ready === undefined || child.pid === undefined) {
    throw new Error(`No namespaces can be made: ${errors.join(' ')}`);
  }
  // Only now, as nothing may keep the program that called from ending.
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  const pid = Number(children.trim().split(' ')[0]);
  return { pid, startTime: startTimeOf(pid) ?? '' };
}

export function isRunning({ pid, startTime }: Sandbox): boolean {
  return startTimeOf(pid) === startTime;
}

/** Kills it with all that runs in it, and waits until that is gone. */
export async function destroySandbox(sandbox: Sandbox): Promise<void> {
  if (!isRunning(sandbox)) return;
  process.kill(sandbox.pid, 'SIGKILL');
  await waitFor('the processes of the cluster to end', () => !isRunning(sandbox) || undefined, {
    everyMilliseconds: 20,
  });
}

/** Runs a program in the sandbox to its end. */
export function runInside(
  sandbox: Sandbox,
  program: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<string> {
  return command('nsenter', [...enter(sandbox), program, ...args], options);
}

/** Starts a program in the sandbox that outlives this one and writes to `<name>.log` in the directory. */
export function startInside(
  sandbox: Sandbox,
  name: string,
  [program, args]: readonly [program: string, args: readonly string[]],
  { logs, env }: { logs: string; env?: NodeJS.ProcessEnv },
): ChildProcess {
  const log = openSync(join(logs, `${name}.log`), 'a');
  const child = spawn('nsenter', [...enter(sandbox), program, ...args], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env },
    cwd: '/',
  });
  child.unref();
  return child;
}

function enter({ pid }: Sandbox): readonly string[] {
  return [`--target=${pid}`, '--pid', '--mount', '--net', '--ipc', '--'];
}

/** When a process started, in the kernel's ticks: the 20th field after the program's name, which may hold anything. */
function startTimeOf(pid: number): string | undefined {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return undefined;
  const stat = readFileSync(path, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
